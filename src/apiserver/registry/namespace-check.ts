import type { KubeObject } from '../../machinery/object.ts';
import {
  newBadRequest,
  newForbidden,
  newNamespaceTerminating,
  newNotFound,
} from '../../machinery/status-error.ts';
import type { CacheHub } from '../cache/cache-hub.ts';
import type { ResourceDefinition } from '../resource-definition.ts';

const NAMESPACES_PREFIX = '/registry/namespaces/';

/** PROTECTED_NAMESPACES may not be deleted (the NamespaceLifecycle admission of Kubernetes). */
const PROTECTED_NAMESPACES: ReadonlySet<string> = new Set([
  'default',
  'kube-system',
  'kube-public',
]);

/** nameToBe is how upstream's refusals call what has no name yet. */
export function nameToBe({ metadata: { name, generateName } }: KubeObject): string {
  return name || generateName || 'Unknown';
}

/**
 * checkNamespace refuses to create in a namespace that does not exist or is going. A server
 * without the resource namespaces does not check.
 */
export function checkNamespace(
  hub: CacheHub,
  definition: ResourceDefinition,
  object: { readonly name: string; readonly namespace: string },
): void {
  const namespaces = hub.cache(NAMESPACES_PREFIX);
  if (!namespaces || !definition.type.namespaced) return;
  const entry = namespaces.get('', object.namespace);
  if (!entry) throw newNotFound({ group: '', resource: 'namespaces' }, object.namespace);
  if (entry.object.metadata.deletionTimestamp !== undefined) {
    throw newNamespaceTerminating(definition.type, object.name, object.namespace);
  }
}

/** checkNamespaceKept refuses (400) what mutating admission put elsewhere; a namespace that it left out is filled in. */
export function checkNamespaceKept(
  { type }: ResourceDefinition,
  { metadata }: KubeObject,
  { namespace }: { readonly namespace: string },
): void {
  if (!type.namespaced) {
    if (metadata.namespace !== undefined) delete metadata.namespace;
    return;
  }
  metadata.namespace ||= namespace;
  if (metadata.namespace === namespace) return;
  throw newBadRequest(
    'the namespace of the provided object does not match the namespace sent on the request',
  );
}

/** checkNamespaceDelete refuses to delete a namespace that the cluster needs. */
export function checkNamespaceDelete(definition: ResourceDefinition, name: string): void {
  const { group, resource } = definition.type;
  if (group !== '' || resource !== 'namespaces' || !PROTECTED_NAMESPACES.has(name)) return;
  throw newForbidden(definition.type, name, 'this namespace may not be deleted');
}
