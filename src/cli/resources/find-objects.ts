import type { ListQuery } from '../../client/client.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../command.ts';
import type { Mapping } from '../discovery/mapping.ts';
import type { FlagSpec } from '../flags/flag-spec.ts';
import { boolFlag, sliceFlag, stringFlag } from '../flags/flag-spec.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { readManifests } from './manifests.ts';
import { parseTargets } from './targets.ts';

/** FoundObject is an object of the server together with the resource that it belongs to. */
export interface FoundObject {
  readonly mapping: Mapping;
  readonly object: KubeObject;
  /** The namespace in which it lives; undefined for cluster-scoped resources. */
  readonly namespace: string | undefined;
}

/** FILENAME_FLAGS let a command take its objects from files. */
export const FILENAME_FLAGS: readonly FlagSpec[] = [
  sliceFlag('filename', 'Filename, directory, or URL to files identifying the resource.', {
    short: 'f',
  }),
  boolFlag(
    'recursive',
    'Process the directory used in -f, --filename recursively. Useful when you want to manage related manifests organized within the same directory.',
    { short: 'R' },
  ),
];

/** SELECTOR_FLAGS let a command choose its objects. */
export const SELECTOR_FLAGS: readonly FlagSpec[] = [
  stringFlag(
    'selector',
    "Selector (label query) to filter on, supports '=', '==', and '!='.(e.g. -l key1=value1,key2=value2). Matching objects must satisfy all of the specified label constraints.",
    { short: 'l' },
  ),
  boolFlag('all', 'Select all resources, in the namespace of the specified resource types.'),
  boolFlag(
    'all-namespaces',
    'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
    { short: 'A' },
  ),
  stringFlag(
    'field-selector',
    "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2). The server only supports a limited number of field queries per type.",
  ),
];

const text = (flags: FlagValues, name: string) => (flags.has(name) ? flags.string(name) : '');
const on = (flags: FlagValues, name: string) => flags.has(name) && flags.bool(name);

/** isSelecting tells whether the flags choose objects, so that no name may be given. */
export function isSelecting(flags: FlagValues): boolean {
  return text(flags, 'selector') !== '' || text(flags, 'field-selector') !== '' || on(flags, 'all');
}

/** listQueryOf turns the selector flags into a query. */
export function listQueryOf(flags: FlagValues, namespace: string | undefined): ListQuery {
  const labelSelector = text(flags, 'selector');
  const fieldSelector = text(flags, 'field-selector');
  return {
    namespace: on(flags, 'all-namespaces') ? undefined : namespace,
    ...(labelSelector ? { labelSelector } : {}),
    ...(fieldSelector ? { fieldSelector } : {}),
  };
}

/** FindRules are what a command allows beside the flags it declares. */
export interface FindRules {
  readonly emptyMeansAll?: boolean;
  /** The resource that a bare name means, such as `pods` for `exec NAME`. */
  readonly args?: readonly string[];
}

async function fromFiles(invocation: Invocation): Promise<FoundObject[]> {
  const { session, flags, io } = invocation;
  const client = await session.client();
  const found: FoundObject[] = [];
  const manifests = await readManifests(flags.list('filename'), io, on(flags, 'recursive'));
  for (const { object, source } of manifests) {
    const mapping = await session.discovery.forManifest(object, source);
    const namespace = mapping.namespaced
      ? (object.metadata.namespace ?? session.namespace())
      : undefined;
    const name = object.metadata.name ?? '';
    found.push({ mapping, namespace, object: await client.get(mapping, { namespace, name }) });
  }
  return found;
}

/**
 * findObjects gets the objects that the arguments and flags of a command mean: by file, by name, or
 * by selector. Failures are the server's, or kubectl's words for arguments that make no sense.
 */
export async function findObjects(
  invocation: Invocation,
  rules: FindRules = {},
): Promise<FoundObject[]> {
  const { session, flags, io } = invocation;
  const args = rules.args ?? invocation.args;
  if (flags.has('filename') && flags.list('filename').length > 0) {
    if (args.length > 0)
      throw new CliError(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      );
    return fromFiles(invocation);
  }
  const targets = await parseTargets(args, session.discovery, {
    selects: isSelecting(flags),
    emptyMeansAll: rules.emptyMeansAll === true,
    program: io.program,
  });
  const client = await session.client();
  if (targets.by === 'name')
    return Promise.all(
      targets.items.map(async ({ mapping, name }) => {
        const namespace = mapping.namespaced ? session.namespace() : undefined;
        return { mapping, namespace, object: await client.get(mapping, { namespace, name }) };
      }),
    );
  const lists = await Promise.all(
    targets.mappings.map(async (mapping) => {
      const query = listQueryOf(flags, mapping.namespaced ? session.namespace() : undefined);
      const { items, apiVersion, kind } = await client.list(mapping, query);
      return items.map((item) => ({
        mapping,
        namespace: item.metadata.namespace,
        object: { ...item, apiVersion, kind: kind.replace(/List$/, '') },
      }));
    }),
  );
  return lists.flat();
}
