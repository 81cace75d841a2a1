import type { APIGroupList, APIResource, APIResourceList } from '../machinery/meta/v1.ts';
import type { ResourceType } from '../machinery/object.ts';
import { isStatusError } from '../machinery/status-error.ts';
import type { Transport } from './transport.ts';

/** DiscoveredResource is one resource that a server serves, in its group's preferred version. */
export interface DiscoveredResource {
  readonly type: ResourceType;
  readonly verbs: readonly string[];
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

/** Discovery is what a server serves; groups that did not answer are in `failures`. */
export interface Discovery {
  readonly resources: readonly DiscoveredResource[];
  readonly failures: ReadonlyMap<string, unknown>;
}

/**
 * discover asks a server for its resources, subresources left out. A group whose server is away is
 * reported in `failures`, as client-go's ServerPreferredResources does.
 */
export async function discover(transport: Transport): Promise<Discovery> {
  const groups = await getObject<APIGroupList>(transport, '/apis');
  const versions = ['v1', ...groups.groups.map(preferredVersion)];
  const failures = new Map<string, unknown>();
  const lists = await Promise.all(
    versions.map(async (groupVersion) => {
      const path = groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`;
      try {
        return readList(groupVersion, await getObject<APIResourceList>(transport, path));
      } catch (error) {
        failures.set(groupVersion, staleOf(groupVersion, error));
        return [];
      }
    }),
  );
  return { resources: lists.flat(), failures };
}

/** staleOf words a server that is away as client-go does. */
function staleOf(groupVersion: string, error: unknown): unknown {
  if (!isStatusError(error, 'ServiceUnavailable')) return error;
  return new Error(`stale GroupVersion discovery: ${groupVersion}`, { cause: error });
}

function preferredVersion(group: APIGroupList['groups'][number]): string {
  return (group.preferredVersion ?? group.versions[0])?.groupVersion ?? '';
}

function readList(groupVersion: string, list: APIResourceList): DiscoveredResource[] {
  const [group = '', version = ''] = groupVersion.includes('/')
    ? groupVersion.split('/')
    : ['', groupVersion];
  return list.resources
    .filter(({ name }) => !name.includes('/'))
    .map((resource) => readResource(group, version, resource));
}

function readResource(group: string, version: string, resource: APIResource): DiscoveredResource {
  const { name, kind, namespaced, verbs, singularName, shortNames, categories } = resource;
  return {
    type: { group, version, resource: name, kind, namespaced },
    verbs,
    singular: singularName || kind.toLowerCase(),
    shortNames: shortNames ?? [],
    categories: categories ?? [],
  };
}

async function getObject<T>(transport: Transport, path: string): Promise<T> {
  const { body } = await transport.request({ method: 'GET', path });
  if (body.kind !== 'object') throw new Error(`${path} answered ${body.kind}`);
  return body.object as T;
}
