import type { Client } from '../../../client/client.ts';
import type { DiscoveredResource } from '../../../client/discovery.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { isStatusError } from '../../../machinery/status-error.ts';

/** Remains is what is left in a namespace after a round of deleting. */
export interface Remains {
  /** How many objects of each resource, by `resource.group`. */
  readonly counts: Map<string, number>;
  /** How many objects each finalizer holds back. */
  readonly finalizers: Map<string, number>;
  readonly errors: unknown[];
}

/**
 * deleteContent deletes everything in a namespace that discovery knows, and counts what stays. Pods
 * go first and alone: what they use (configuration, network policies) stays as long as they run.
 */
export async function deleteContent(
  client: Client,
  resources: readonly DiscoveredResource[],
  namespace: string,
): Promise<Remains> {
  const remains: Remains = { counts: new Map(), finalizers: new Map(), errors: [] };
  const deletable = resources.filter(isDeletable);
  const isPods = ({ type }: DiscoveredResource) => type.group === '' && type.resource === 'pods';
  const deleteAll = async (some: readonly DiscoveredResource[]) => {
    for (const resource of some) {
      try {
        await deleteResource(client, resource, namespace, remains);
      } catch (error) {
        remains.errors.push(error);
      }
    }
  };
  await deleteAll(deletable.filter(isPods));
  const isHeld = remains.counts.size + remains.errors.length > 0;
  if (!isHeld) await deleteAll(deletable.filter((one) => !isPods(one)));
  return remains;
}

function isDeletable({ type, verbs }: DiscoveredResource): boolean {
  return type.namespaced && verbs.includes('list') && verbs.includes('delete');
}

async function deleteResource(
  client: Client,
  resource: DiscoveredResource,
  namespace: string,
  remains: Remains,
): Promise<void> {
  const { type, verbs } = resource;
  const found = await listOrNothing(client, resource, namespace);
  if (found.length === 0) return;
  const policy = { propagationPolicy: 'Background' };
  if (verbs.includes('deletecollection')) {
    await client.deleteCollection(type, { namespace }, policy);
  } else {
    for (const { metadata } of found) {
      await client.delete(type, { namespace, name: metadata.name ?? '' }, policy).catch(ignoreGone);
    }
  }
  const left = await listOrNothing(client, resource, namespace);
  if (left.length === 0) return;
  remains.counts.set(`${type.resource}.${type.group}`, left.length);
  for (const { metadata } of left) {
    for (const one of metadata.finalizers ?? []) {
      remains.finalizers.set(one, (remains.finalizers.get(one) ?? 0) + 1);
    }
  }
}

async function listOrNothing(
  client: Client,
  { type }: DiscoveredResource,
  namespace: string,
): Promise<readonly KubeObject[]> {
  try {
    return (await client.list(type, { namespace })).items;
  } catch (error) {
    ignoreGone(error);
    return [];
  }
}

/** ignoreGone: the object or the resource is not there, or cannot be listed or deleted at all. */
function ignoreGone(error: unknown): void {
  if (!isStatusError(error, 'NotFound') && !isStatusError(error, 'MethodNotAllowed')) throw error;
}
