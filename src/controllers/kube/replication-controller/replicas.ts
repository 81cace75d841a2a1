import type { Pod, ReplicationController } from '../../../apis/core/v1/types.ts';
import { PODS, REPLICATION_CONTROLLERS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import type { EventRecorder } from '../../../controller-kit/controller.ts';
import { isNotFound, isStatusError } from '../../../machinery/status-error.ts';
import { controllerReference } from '../owner.ts';
import { inDeletionOrder } from './deletion-order.ts';
import type { Expectations } from './expectations.ts';
import type { ManageFailure } from './rc-status.ts';

/** BURST_REPLICAS is how many pods one reconcile creates or deletes at most. */
const BURST_REPLICAS = 500;

/** ReplicaDeps is what creating and deleting pods takes. */
export interface ReplicaDeps {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly expectations: Expectations;
}

/** manageReplicas creates or deletes pods until there are as many as wanted; answers what failed. */
export async function manageReplicas(
  deps: ReplicaDeps,
  key: string,
  rc: ReplicationController,
  active: readonly Pod[],
): Promise<ManageFailure | undefined> {
  const missing = (rc.spec?.replicas ?? 1) - active.length;
  if (missing > 0) return createPods(deps, key, rc, Math.min(missing, BURST_REPLICAS));
  if (missing === 0) return undefined;
  const surplus = inDeletionOrder(active).slice(0, Math.min(-missing, BURST_REPLICAS));
  return deletePods(deps, key, rc, surplus);
}

/** createPods doubles the number it tries at once, so that a pod that is refused fails once. */
async function createPods(
  deps: ReplicaDeps,
  key: string,
  rc: ReplicationController,
  count: number,
): Promise<ManageFailure | undefined> {
  deps.expectations.expect(key, count, []);
  let left = count;
  for (let size = 1; left > 0; size *= 2) {
    const batch = Math.min(size, left);
    const results = await Promise.all(
      Array.from({ length: batch }, () => createPod(deps, key, rc)),
    );
    left -= batch;
    const failed = results.find((error) => error !== undefined);
    if (failed !== undefined) {
      deps.expectations.created(key, left);
      return isTerminating(failed) ? undefined : { reason: 'FailedCreate', error: failed };
    }
  }
  return undefined;
}

async function createPod(
  { client, recorder, expectations }: ReplicaDeps,
  key: string,
  rc: ReplicationController,
): Promise<unknown> {
  try {
    const pod = await client.create(PODS, podOf(rc));
    recorder.event(rc, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    return undefined;
  } catch (error) {
    expectations.created(key);
    if (!isTerminating(error)) {
      recorder.event(rc, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
    }
    return error;
  }
}

function podOf(rc: ReplicationController): Pod {
  const { metadata, spec } = rc.spec?.template ?? {};
  const { labels, annotations, finalizers } = metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${rc.metadata.name}-`,
      namespace: rc.metadata.namespace ?? '',
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [controllerReference(REPLICATION_CONTROLLERS, rc)],
    },
    spec: spec ?? { containers: [] },
  };
}

async function deletePods(
  deps: ReplicaDeps,
  key: string,
  rc: ReplicationController,
  pods: readonly Pod[],
): Promise<ManageFailure | undefined> {
  const uids = pods.map((pod) => pod.metadata.uid ?? '');
  deps.expectations.expect(key, 0, uids);
  const results = await Promise.all(pods.map((pod) => deletePod(deps, key, rc, pod)));
  const error = results.find((one) => one !== undefined);
  return error === undefined ? undefined : { reason: 'FailedDelete', error };
}

async function deletePod(
  { client, recorder, expectations }: ReplicaDeps,
  key: string,
  rc: ReplicationController,
  pod: Pod,
): Promise<unknown> {
  const { namespace, name = '', uid = '' } = pod.metadata;
  try {
    await client.delete(PODS, { namespace, name }, { preconditions: { uid } });
    recorder.event(rc, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    return undefined;
  } catch (error) {
    expectations.deleted(key, uid);
    if (isNotFound(error)) return undefined;
    recorder.event(rc, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`);
    return error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** isTerminating: the namespace is going, and the pods with it. */
function isTerminating(error: unknown): boolean {
  if (!isStatusError(error, 'Forbidden')) return false;
  const causes = error.status.details?.causes ?? [];
  return causes.some((one) => one.reason === 'NamespaceTerminating');
}
