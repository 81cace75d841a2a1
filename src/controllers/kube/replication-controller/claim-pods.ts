import type { Pod, ReplicationController } from '../../../apis/core/v1/types.ts';
import { PODS, REPLICATION_CONTROLLERS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { matchesSet } from '../../../machinery/labels.ts';
import { isNotFound, isStatusError } from '../../../machinery/status-error.ts';
import { controllerOf, controllerReference } from '../owner.ts';

/**
 * claimPods answers the pods that belong to a replication controller. It adopts matching pods that
 * nobody controls and releases its own that do not match any more.
 */
export async function claimPods(
  client: Client,
  rc: ReplicationController,
  candidates: readonly Pod[],
): Promise<Pod[]> {
  const claimed: Pod[] = [];
  let mayAdopt: Promise<boolean> | undefined;
  for (const pod of candidates) {
    const matches = matchesSet(rc.spec?.selector, pod.metadata.labels);
    const controller = controllerOf(pod);
    if (controller) {
      if (controller.uid !== rc.metadata.uid) continue;
      if (matches) claimed.push(pod);
      else if (!rc.metadata.deletionTimestamp) await release(client, rc, pod);
    } else if (matches && !rc.metadata.deletionTimestamp && !pod.metadata.deletionTimestamp) {
      mayAdopt ??= isStillThere(client, rc);
      if ((await mayAdopt) && (await adopt(client, rc, pod))) claimed.push(pod);
    }
  }
  return claimed;
}

/** isStillThere asks the API, as the informer may not know yet that the controller is going. */
async function isStillThere(client: Client, rc: ReplicationController): Promise<boolean> {
  const { namespace, name = '', uid } = rc.metadata;
  const live = await client.get(REPLICATION_CONTROLLERS, { namespace, name }).catch(ignoreNotFound);
  return live?.metadata.uid === uid && live?.metadata.deletionTimestamp === undefined;
}

async function adopt(client: Client, rc: ReplicationController, pod: Pod): Promise<boolean> {
  const { namespace, name = '', uid, ownerReferences = [] } = pod.metadata;
  const references = [...ownerReferences, controllerReference(REPLICATION_CONTROLLERS, rc)];
  const body = { metadata: { uid, ownerReferences: references } };
  const patch = { type: 'application/merge-patch+json', body } as const;
  const adopted = await client.patch(PODS, { namespace, name }, patch).catch(ignoreNotFound);
  return adopted !== undefined;
}

async function release(client: Client, rc: ReplicationController, pod: Pod): Promise<void> {
  const { namespace, name = '', uid, ownerReferences = [] } = pod.metadata;
  const references = ownerReferences.filter((one) => one.uid !== rc.metadata.uid);
  const body = { metadata: { uid, ownerReferences: references.length > 0 ? references : null } };
  const patch = { type: 'application/merge-patch+json', body } as const;
  await client.patch(PODS, { namespace, name }, patch).catch(ignoreGone);
}

function ignoreNotFound(error: unknown): undefined {
  if (isNotFound(error)) return undefined;
  throw error;
}

/** ignoreGone: a pod that is gone, or another one of the same name, needs no release. */
function ignoreGone(error: unknown): undefined {
  if (isNotFound(error) || isStatusError(error, 'Invalid')) return undefined;
  throw error;
}
