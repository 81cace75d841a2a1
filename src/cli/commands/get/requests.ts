import { resourcePath } from '../../../client/resource-path.ts';
import type { ApiRequest } from '../../../client/transport.ts';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import type { Mapping } from '../../discovery/mapping.ts';
import { isSelecting, listQueryOf } from '../../resources/find-objects.ts';
import { readManifests } from '../../resources/manifests.ts';
import { parseTargets } from '../../resources/targets.ts';

/** TABLE_ACCEPT asks the server to print. */
export const TABLE_ACCEPT =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

/** Query is one thing to get: an object by name, or a collection. */
export interface Query {
  readonly mapping: Mapping;
  readonly namespace: string | undefined;
  /** The object's name; undefined for a collection. */
  readonly name?: string | undefined;
}

/** Queries is everything that a command line asks for. */
export interface Queries {
  readonly queries: readonly Query[];
  /** One object was named, so it is not wrapped into a list. */
  readonly single: boolean;
}

async function fromFiles({ flags, io, session, args }: Invocation): Promise<Queries> {
  if (args.length > 0)
    throw new CliError(
      'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
    );
  const manifests = await readManifests(
    flags.list('filename'),
    io,
    flags.has('recursive') && flags.bool('recursive'),
  );
  const queries: Query[] = [];
  for (const { object, source } of manifests) {
    const mapping = await session.discovery.forManifest(object, source);
    const namespace = mapping.namespaced
      ? (object.metadata.namespace ?? session.namespace())
      : undefined;
    queries.push({ mapping, namespace, name: object.metadata.name });
  }
  return { queries, single: queries.length === 1 };
}

/** queriesOf reads the arguments of `get`. */
export async function queriesOf(invocation: Invocation): Promise<Queries> {
  const { session, flags, io, args } = invocation;
  if (flags.list('filename').length > 0) return fromFiles(invocation);
  const targets = await parseTargets(args, session.discovery, {
    selects: isSelecting(flags),
    emptyMeansAll: true,
    program: io.program,
  });
  const namespace = session.namespace();
  if (targets.by === 'type')
    return {
      queries: targets.mappings.map((mapping) => ({
        mapping,
        namespace: mapping.namespaced ? namespace : undefined,
      })),
      single: false,
    };
  if (flags.bool('all-namespaces'))
    throw new CliError('a resource cannot be retrieved by name across all namespaces');
  return {
    queries: targets.items.map(({ mapping, name }) => ({
      mapping,
      namespace: mapping.namespaced ? namespace : undefined,
      name,
    })),
    single: targets.single,
  };
}

/** requestOf makes the request of a query; `more` are further query parameters. */
export function requestOf(
  query: Query,
  { flags }: Invocation,
  more: Readonly<Record<string, string>> = {},
): ApiRequest {
  const subresource = flags.string('subresource') || undefined;
  if (query.name !== undefined)
    return {
      method: 'GET',
      path: resourcePath(query.mapping, { ...query, subresource }),
      query: new URLSearchParams(more),
    };
  const { namespace, labelSelector, fieldSelector } = listQueryOf(flags, query.namespace);
  const parameters = new URLSearchParams(more);
  if (labelSelector) parameters.set('labelSelector', labelSelector);
  if (fieldSelector) parameters.set('fieldSelector', fieldSelector);
  return { method: 'GET', path: resourcePath(query.mapping, { namespace }), query: parameters };
}
