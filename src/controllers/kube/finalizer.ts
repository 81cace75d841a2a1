import type { Client } from '../../client/client.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { isNotFound } from '../../machinery/status-error.ts';

/**
 * setFinalizer takes a finalizer from an object, or gives it to one that lacks it. An object that
 * has gone is no failure; one that was changed meanwhile is a Conflict.
 */
export async function setFinalizer<T extends KubeObject>(
  client: Client,
  what: {
    readonly type: ResourceType<T>;
    readonly object: T;
    readonly finalizer: string;
    readonly wanted: boolean;
  },
): Promise<void> {
  const { type, object, finalizer, wanted } = what;
  const before = object.metadata.finalizers ?? [];
  if (before.includes(finalizer) === wanted) return;
  const { namespace, name = '', resourceVersion } = object.metadata;
  const finalizers = wanted ? [...before, finalizer] : before.filter((one) => one !== finalizer);
  const body = { metadata: { finalizers, resourceVersion } };
  try {
    await client.patch(type, { namespace, name }, { type: 'application/merge-patch+json', body });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
