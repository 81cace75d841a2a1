import type { KubeObject } from '../../../src/machinery/object.ts';
import { type ConformanceServer, NAMESPACE } from './conformance-server.ts';
import { SAMPLES } from './samples.data.ts';

/** Served is a resource as discovery tells of it. */
export interface Served {
  readonly groupVersion: string;
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

interface ResourceList {
  readonly resources: readonly Omit<Served, 'groupVersion'>[];
}

interface GroupList {
  readonly groups: readonly { readonly versions: readonly { readonly groupVersion: string }[] }[];
}

/** getJson reads a path of the server. */
async function getJson(server: ConformanceServer, path: string): Promise<unknown> {
  const { body } = await server.transport.request({ method: 'GET', path });
  if (body.kind !== 'object') throw new Error(`${path} did not answer JSON`);
  return body.object;
}

/** pathOfVersion is below which a group version is served. */
export function pathOfVersion(groupVersion: string): string {
  return groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
}

/** discover lists everything that is served, subresources (`pods/status`) too. */
export async function discover(server: ConformanceServer): Promise<Served[]> {
  const { groups } = (await getJson(server, '/apis')) as GroupList;
  const versions = ['v1', ...groups.flatMap((group) => group.versions.map((v) => v.groupVersion))];
  const lists = await Promise.all(
    versions.map(async (groupVersion) => {
      const list = (await getJson(server, pathOfVersion(groupVersion))) as ResourceList;
      return list.resources.map((resource) => ({ ...resource, groupVersion }));
    }),
  );
  return lists.flat();
}

/** sampleOf answers the sample of a resource, if there is one. */
export function sampleOf(resource: Served): KubeObject | undefined {
  const { groupVersion, kind } = resource;
  return SAMPLES.find((one) => one.apiVersion === groupVersion && one.kind === kind);
}

/** collectionOf is the path of a resource's collection, in the namespace of the samples. */
export function collectionOf(resource: Served): string {
  const namespace = resource.namespaced ? `/namespaces/${NAMESPACE}` : '';
  return `${pathOfVersion(resource.groupVersion)}${namespace}/${resource.name}`;
}
