import type { Pod } from '../../../apis/core/v1/types.ts';
import { PODS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import type { EventRecorder } from '../../../controller-kit/controller.ts';
import type { ResourceType } from '../../../machinery/object.ts';
import { isNamespaceGone, isNotFound } from '../../../machinery/status-error.ts';
import { controllerReference } from '../owner.ts';
import { inDeletionOrder } from './deletion-order.ts';
import type { Expectations } from './expectations.ts';
import type { ManageFailure } from './replica-status.ts';
import type { Replicated } from './replicated.ts';

/** BURST_REPLICAS is how many pods one reconcile creates or deletes at most. */
const BURST_REPLICAS = 500;

/** ReplicaDeps is what creating and deleting the pods of one owner takes. */
export interface ReplicaDeps<T extends Replicated = Replicated> {
  readonly type: ResourceType<T>;
  readonly key: string;
  readonly owner: T;
  /** The pods by which nodes are found crowded. */
  related(): readonly Pod[];
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly expectations: Expectations;
}

/** manageReplicas creates or deletes pods until there are as many as wanted; answers what failed. */
export async function manageReplicas<T extends Replicated>(
  deps: ReplicaDeps<T>,
  active: readonly Pod[],
): Promise<ManageFailure | undefined> {
  const missing = (deps.owner.spec?.replicas ?? 1) - active.length;
  if (missing > 0) return createPods(deps, Math.min(missing, BURST_REPLICAS));
  if (missing === 0) return undefined;
  const surplus = inDeletionOrder(active, deps.related()).slice(
    0,
    Math.min(-missing, BURST_REPLICAS),
  );
  return deletePods(deps, surplus);
}

/** createPods doubles the number it tries at once, so that a pod that is refused fails once. */
async function createPods<T extends Replicated>(
  deps: ReplicaDeps<T>,
  count: number,
): Promise<ManageFailure | undefined> {
  deps.expectations.expect(deps.key, count, []);
  let left = count;
  for (let size = 1; left > 0; size *= 2) {
    const batch = Math.min(size, left);
    const results = await Promise.all(Array.from({ length: batch }, () => createPod(deps)));
    left -= batch;
    const failed = results.find((error) => error !== undefined);
    if (failed !== undefined) {
      deps.expectations.created(deps.key, left);
      return isNamespaceGone(failed) ? undefined : { reason: 'FailedCreate', error: failed };
    }
  }
  return undefined;
}

async function createPod<T extends Replicated>(deps: ReplicaDeps<T>): Promise<unknown> {
  const { client, recorder, expectations, type, key, owner } = deps;
  try {
    const pod = await client.create(PODS, podOf(type, owner));
    recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    return undefined;
  } catch (error) {
    expectations.created(key);
    if (!isNamespaceGone(error)) {
      recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
    }
    return error;
  }
}

function podOf<T extends Replicated>(type: ResourceType<T>, owner: T): Pod {
  const { metadata, spec } = owner.spec?.template ?? {};
  const { labels, annotations, finalizers } = metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace ?? '',
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [controllerReference(type, owner)],
    },
    spec: spec ?? { containers: [] },
  };
}

async function deletePods<T extends Replicated>(
  deps: ReplicaDeps<T>,
  pods: readonly Pod[],
): Promise<ManageFailure | undefined> {
  const uids = pods.map((pod) => pod.metadata.uid ?? '');
  deps.expectations.expect(deps.key, 0, uids);
  const results = await Promise.all(pods.map((pod) => deletePod(deps, pod)));
  const error = results.find((one) => one !== undefined);
  return error === undefined ? undefined : { reason: 'FailedDelete', error };
}

async function deletePod<T extends Replicated>(
  { client, recorder, expectations, key, owner }: ReplicaDeps<T>,
  pod: Pod,
): Promise<unknown> {
  const { namespace, name = '', uid = '' } = pod.metadata;
  try {
    await client.delete(PODS, { namespace, name }, { preconditions: { uid } });
    recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    return undefined;
  } catch (error) {
    expectations.deleted(key, uid);
    if (isNotFound(error)) return undefined;
    recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`);
    return error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
