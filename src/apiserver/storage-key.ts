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

/** The groups whose resources upstream keeps apart by their group, as it does custom ones. */
const APART: ReadonlySet<string> = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

/** What upstream still calls by an old name in its store. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  endpoints: 'services/endpoints',
  ingresses: 'ingress',
  nodes: 'minions',
  replicationcontrollers: 'controllers',
  services: 'services/specs',
};

/** upstreamKey is the key of an object in upstream's store, which some texts name. */
export function upstreamKey(
  { group, resource }: Pick<GroupVersionResource, 'group' | 'resource'>,
  isCustom: boolean,
  object: { readonly namespace?: string; readonly name?: string },
): string {
  const apart = isCustom || APART.has(group);
  const prefix = apart ? `${group}/${resource}` : (OLD_NAMES[resource] ?? resource);
  const { namespace = '', name = '' } = object;
  return `${REGISTRY_PREFIX}${prefix}/${relativeKey(namespace, name)}`;
}

/** relativeKey is what follows the resource's prefix: `namespace/name`, or `name`. */
export function relativeKey(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}
