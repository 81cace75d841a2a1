import type { GroupVersionResource } from '../machinery/object.ts';

/** REGISTRY_PREFIX is where all API objects are in the store. */
export const REGISTRY_PREFIX = '/registry/';

/** The prefixes by the objects that describe the resources: each request asks for many. */
const prefixes = new WeakMap<object, string>();

/** resourcePrefix is the store prefix of a resource: `/registry/pods/`, `/registry/apps/deployments/`. */
export function resourcePrefix(type: Pick<GroupVersionResource, 'group' | 'resource'>): string {
  let prefix = prefixes.get(type);
  if (prefix === undefined) {
    const group = type.group === '' ? '' : `${type.group}/`;
    prefix = `${REGISTRY_PREFIX}${group}${type.resource}/`;
    prefixes.set(type, prefix);
  }
  return prefix;
}

/** relativeKey is what follows the resource's prefix: `namespace/name`, or `name`. */
export function relativeKey(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}
