import type { GroupVersionResource } from '../machinery/object.ts';

/** REGISTRY_PREFIX is where all API objects are in the store. */
export const REGISTRY_PREFIX = '/registry/';

/** resourcePrefix is the store prefix of a resource: `/registry/pods/`, `/registry/apps/deployments/`. */
export function resourcePrefix(type: Pick<GroupVersionResource, 'group' | 'resource'>): string {
  const group = type.group === '' ? '' : `${type.group}/`;
  return `${REGISTRY_PREFIX}${group}${type.resource}/`;
}

/** relativeKey is what follows the resource's prefix: `namespace/name`, or `name`. */
export function relativeKey(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}
