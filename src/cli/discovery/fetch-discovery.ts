import type { Transport } from '../../client/transport.ts';
import type { APIGroupList, APIResourceList } from '../../machinery/meta/v1.ts';
import { isNotFound } from '../../machinery/status-error.ts';
import type { Mapping } from './mapping.ts';

interface AggregatedResource {
  readonly resource: string;
  readonly responseKind?: { readonly group?: string; readonly kind?: string };
  readonly scope: string;
  readonly singularResource?: string;
  readonly shortNames?: string[];
  readonly categories?: string[];
  readonly verbs: string[];
}

interface AggregatedVersion {
  readonly version: string;
  readonly resources?: AggregatedResource[];
}

interface AggregatedList {
  readonly kind?: string;
  readonly items?: { metadata?: { name?: string }; versions: AggregatedVersion[] }[];
}

const ACCEPT = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

async function read<T>(transport: Transport, path: string, accept: string): Promise<T | undefined> {
  try {
    const { body } = await transport.request({ method: 'GET', path, headers: { accept } });
    return body.kind === 'object' ? (body.object as T) : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function fromAggregated(list: AggregatedList): Mapping[] {
  return (list.items ?? []).flatMap((group) =>
    group.versions.flatMap(({ version, resources = [] }) =>
      resources.map((one) => ({
        group: group.metadata?.name ?? '',
        version,
        resource: one.resource,
        kind: one.responseKind?.kind ?? '',
        namespaced: one.scope === 'Namespaced',
        singular: one.singularResource ?? '',
        shortNames: one.shortNames ?? [],
        categories: one.categories ?? [],
        verbs: one.verbs,
      })),
    ),
  );
}

function fromResourceList(list: APIResourceList): Mapping[] {
  const [first = '', second] = list.groupVersion.split('/');
  const [group, version] = second === undefined ? ['', first] : [first, second];
  return list.resources
    .filter((one) => !one.name.includes('/'))
    .map((one) => ({
      group,
      version,
      resource: one.name,
      kind: one.kind,
      namespaced: one.namespaced,
      singular: one.singularName,
      shortNames: one.shortNames ?? [],
      categories: one.categories ?? [],
      verbs: one.verbs,
    }));
}

async function legacyGroups(transport: Transport, groups: APIGroupList): Promise<Mapping[]> {
  const paths = groups.groups.flatMap((group) => {
    const preferred = group.preferredVersion?.groupVersion;
    const all = group.versions.map((one) => one.groupVersion);
    const rest = all.filter((one) => one !== preferred);
    return [...(preferred ? [preferred] : []), ...rest].map((one) => `/apis/${one}`);
  });
  const lists = await Promise.all(
    paths.map((path) => read<APIResourceList>(transport, path, 'application/json')),
  );
  return lists.flatMap((list) => (list ? fromResourceList(list) : []));
}

/**
 * fetchDiscovery asks the server for all its resources, in its own order of preference: core first,
 * then groups as listed. It uses aggregated discovery where the server has it.
 */
export async function fetchDiscovery(transport: Transport): Promise<Mapping[]> {
  const [core, groups] = await Promise.all([
    read<AggregatedList>(transport, '/api', ACCEPT),
    read<AggregatedList & APIGroupList>(transport, '/apis', ACCEPT),
  ]);
  const coreMappings =
    core?.kind === 'APIGroupDiscoveryList'
      ? fromAggregated(core)
      : fromResourceList(
          (await read<APIResourceList>(transport, '/api/v1', 'application/json')) ?? {
            groupVersion: 'v1',
            resources: [],
          },
        );
  if (!groups) return coreMappings;
  const others =
    groups.kind === 'APIGroupDiscoveryList'
      ? fromAggregated(groups)
      : await legacyGroups(transport, groups);
  return [...coreMappings, ...others];
}
