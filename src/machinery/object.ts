import type { ListMeta, ObjectMeta } from './meta/v1.ts';

/** KubeObject is what every stored object of the API has in common. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** KubeList is a list of objects as the API answers it; `metadata.resourceVersion` is its snapshot. */
export interface KubeList<T extends KubeObject = KubeObject> {
  apiVersion: string;
  kind: string;
  metadata: ListMeta;
  items: T[];
}

/** GroupVersionResource names an API collection; the core group is the empty string. */
export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/**
 * ResourceType is the typed handle of one API resource: clients, informers and the API server use
 * it to name a collection and to know the type of its objects.
 */
export interface ResourceType<T extends KubeObject = KubeObject> extends GroupVersionResource {
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never set: carries T for inference. */
  readonly objectType?: T;
}

/** WatchEventType is the kind of change that a watch event reports, as the API spells it. */
export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** WatchEvent is one change of a watched collection; an ERROR carries a Status as its object. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: WatchEventType;
  readonly object: T;
}

/** apiVersionOf joins group and version the way `apiVersion` fields spell them. */
export function apiVersionOf(resource: { group: string; version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** groupResource is `resource.group`, or just `resource` in the core group: how messages name it. */
export function groupResource(resource: { group: string; resource: string }): string {
  return resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
}

/** objectKey is `namespace/name`, or just `name` for a cluster-scoped object. */
export function objectKey(object: { metadata: ObjectMeta }): string {
  const { namespace, name = '' } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

/** splitKey is the inverse of objectKey. */
export function splitKey(key: string): { namespace: string | undefined; name: string } {
  const slash = key.indexOf('/');
  if (slash < 0) return { namespace: undefined, name: key };
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
