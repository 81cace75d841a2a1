import type { Client } from '../../client/client.ts';
import { matchesLabels, type Selector } from '../../machinery/labels.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { isNotFound, isStatusError } from '../../machinery/status-error.ts';
import { controllerOf, controllerReference } from './owner.ts';

/** Claimer is an object that owns what it selects: a replica set its pods, a deployment its sets. */
export interface Claimer<T extends KubeObject> {
  readonly type: ResourceType<T>;
  readonly object: T;
  readonly selector: Selector;
}

/**
 * claim answers the candidates that belong to a claimer. It adopts matching objects that nobody
 * controls and releases its own that do not match any more.
 */
export async function claim<T extends KubeObject, D extends KubeObject>(
  client: Client,
  claimer: Claimer<T>,
  dependents: { readonly type: ResourceType<D>; readonly candidates: readonly D[] },
): Promise<D[]> {
  const { metadata } = claimer.object;
  const claimed: D[] = [];
  let mayAdopt: Promise<boolean> | undefined;
  for (const one of dependents.candidates) {
    const matches = matchesLabels(claimer.selector, one.metadata.labels);
    const controller = controllerOf(one);
    if (controller) {
      if (controller.uid !== metadata.uid) continue;
      if (matches) claimed.push(one);
      else if (!metadata.deletionTimestamp) await release(client, claimer, dependents.type, one);
    } else if (matches && !metadata.deletionTimestamp && !one.metadata.deletionTimestamp) {
      mayAdopt ??= isStillThere(client, claimer);
      if ((await mayAdopt) && (await adopt(client, claimer, dependents.type, one)))
        claimed.push(one);
    }
  }
  return claimed;
}

/** isStillThere asks the API, as the informer may not know yet that the claimer is going. */
async function isStillThere<T extends KubeObject>(
  client: Client,
  { type, object }: Claimer<T>,
): Promise<boolean> {
  const { namespace, name = '', uid } = object.metadata;
  const live = await client.get(type, { namespace, name }).catch(ignoreNotFound);
  return live?.metadata.uid === uid && live?.metadata.deletionTimestamp === undefined;
}

async function adopt<T extends KubeObject>(
  client: Client,
  claimer: Claimer<T>,
  type: ResourceType,
  one: KubeObject,
): Promise<boolean> {
  const { namespace, name = '', uid, ownerReferences = [] } = one.metadata;
  const references = [...ownerReferences, controllerReference(claimer.type, claimer.object)];
  const body = { metadata: { uid, ownerReferences: references } };
  const patch = { type: 'application/merge-patch+json', body } as const;
  const adopted = await client.patch(type, { namespace, name }, patch).catch(ignoreNotFound);
  return adopted !== undefined;
}

async function release<T extends KubeObject>(
  client: Client,
  claimer: Claimer<T>,
  type: ResourceType,
  one: KubeObject,
): Promise<void> {
  const { namespace, name = '', uid, ownerReferences = [] } = one.metadata;
  const references = ownerReferences.filter(({ uid }) => uid !== claimer.object.metadata.uid);
  const body = { metadata: { uid, ownerReferences: references.length > 0 ? references : null } };
  const patch = { type: 'application/merge-patch+json', body } as const;
  await client.patch(type, { namespace, name }, patch).catch(ignoreGone);
}

function ignoreNotFound(error: unknown): undefined {
  if (isNotFound(error)) return undefined;
  throw error;
}

/** ignoreGone: what is gone, or another object of the same name, needs no release. */
function ignoreGone(error: unknown): undefined {
  if (isNotFound(error) || isStatusError(error, 'Invalid')) return undefined;
  throw error;
}
