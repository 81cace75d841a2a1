import type { Pod, ReplicationController } from '../../../apis/core/v1/types.ts';
import { PODS, REPLICATION_CONTROLLERS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  type Informer,
  type ReconcileResult,
  source,
} from '../../../controller-kit/controller.ts';
import { matchesSet } from '../../../machinery/labels.ts';
import { objectKey } from '../../../machinery/object.ts';
import { controllerOf } from '../owner.ts';
import { isActive } from '../pod-facts.ts';
import { claimPods } from './claim-pods.ts';
import { Expectations } from './expectations.ts';
import { rcStatus, sameStatus } from './rc-status.ts';
import { manageReplicas } from './replicas.ts';

/**
 * newReplicationControllerController keeps as many pods as each replication controller wants:
 * adopts, creates and deletes them and reports their number (kube-controller-manager's
 * `replicationcontroller`).
 */
export function newReplicationControllerController(deps: ControllerDeps): Controller {
  const rcs = deps.informers.informer(REPLICATION_CONTROLLERS);
  const pods = deps.informers.informer(PODS);
  const expectations = new Expectations(deps.clock);
  return {
    name: 'replication-controller',
    concurrency: 4,
    sources: [
      source(REPLICATION_CONTROLLERS, (rc) => [objectKey(rc)]),
      {
        type: PODS,
        keys: ({ current, previous }) =>
          podChanged(rcs, expectations, current as Pod | undefined, previous as Pod | undefined),
      },
    ],
    reconcile: async (key) => {
      const rc = rcs.get(key);
      if (!rc) {
        expectations.forget(key);
        return undefined;
      }
      const settled = expectations.met(key);
      const candidates = pods.list(rc.metadata.namespace);
      const active = (await claimPods(deps.client, rc, candidates)).filter(isActive);
      const manages = settled && !rc.metadata.deletionTimestamp;
      const failure = manages
        ? await manageReplicas({ ...deps, expectations }, key, rc, active)
        : undefined;
      const now = deps.clock.now();
      const status = rcStatus(rc, active, failure, now);
      if (!sameStatus(rc.status, status)) {
        await deps.client.updateStatus(REPLICATION_CONTROLLERS, { ...rc, status });
      }
      if (failure) throw failure.error;
      return lookAgain(rc, status.readyReplicas ?? 0, status.availableReplicas ?? 0);
    },
  };
}

/** lookAgain: pods that are ready but not available yet become so without any change. */
function lookAgain(
  rc: ReplicationController,
  ready: number,
  available: number,
): ReconcileResult | undefined {
  const { minReadySeconds = 0 } = rc.spec ?? {};
  return minReadySeconds > 0 && ready > available
    ? { requeueAfterMs: minReadySeconds * 1000 }
    : undefined;
}

/** podChanged notes what was expected of a pod's controllers and answers their keys. */
function podChanged(
  rcs: Informer<ReplicationController>,
  expectations: Expectations,
  current: Pod | undefined,
  previous: Pod | undefined,
): string[] {
  const keys = new Set<string>();
  for (const pod of [current, previous]) {
    const key = pod && controllerKey(rcs, pod);
    if (key) keys.add(key);
  }
  const owner = current && controllerKey(rcs, current);
  if (owner && !previous) expectations.created(owner);
  const last = current ?? previous;
  const going = !current || current.metadata.deletionTimestamp !== undefined;
  if (going) for (const key of keys) expectations.deleted(key, last?.metadata.uid ?? '');
  if (current && !controllerOf(current)) {
    for (const rc of rcs.list(current.metadata.namespace)) {
      if (matchesSet(rc.spec?.selector, current.metadata.labels)) keys.add(objectKey(rc));
    }
  }
  return [...keys];
}

/** controllerKey is the key of the replication controller that owns a pod, by name and uid. */
function controllerKey(rcs: Informer<ReplicationController>, pod: Pod): string | undefined {
  const owner = controllerOf(pod);
  if (owner?.kind !== REPLICATION_CONTROLLERS.kind) return undefined;
  const key = `${pod.metadata.namespace}/${owner.name}`;
  const rc = rcs.get(key);
  return rc === undefined || rc.metadata.uid === owner.uid ? key : undefined;
}
