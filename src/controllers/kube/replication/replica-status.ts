import type { Pod, ReplicationControllerCondition } from '../../../apis/core/v1/types.ts';
import { matchesSet } from '../../../machinery/labels.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import { isAvailable, isReady } from '../pod-facts.ts';
import type { ReplicaStatus, Replicated } from './replicated.ts';

/** ManageFailure is why replicas could not be created or deleted. */
export interface ManageFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly error: unknown;
}

/** replicaStatus computes the status of an object from its active pods. */
export function replicaStatus(
  owner: Replicated,
  pods: readonly Pod[],
  failure: ManageFailure | undefined,
  now: Date,
): ReplicaStatus {
  const { minReadySeconds = 0, template } = owner.spec ?? {};
  const labels = template?.metadata?.labels;
  const hasLabels = (pod: Pod) => !labels || matchesSet(labels, pod.metadata.labels);
  const available = pods.filter((pod) => isAvailable(pod, minReadySeconds, now.getTime()));
  const conditions = conditionsOf(owner, failure, now);
  return {
    replicas: pods.length,
    fullyLabeledReplicas: pods.filter(hasLabels).length,
    readyReplicas: pods.filter(isReady).length,
    availableReplicas: available.length,
    observedGeneration: owner.metadata.generation ?? 0,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

/** sameStatus tells whether two statuses say the same; a count that is absent is 0. */
export function sameStatus(a: ReplicaStatus | undefined, b: ReplicaStatus): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

function canonical(status: ReplicaStatus | undefined): unknown {
  return [
    status?.replicas ?? 0,
    status?.fullyLabeledReplicas ?? 0,
    status?.readyReplicas ?? 0,
    status?.availableReplicas ?? 0,
    status?.observedGeneration ?? 0,
    status?.conditions ?? [],
  ];
}

function conditionsOf(
  owner: Replicated,
  failure: ManageFailure | undefined,
  now: Date,
): ReplicationControllerCondition[] {
  const existing = owner.status?.conditions ?? [];
  const others = existing.filter((one) => one.type !== 'ReplicaFailure');
  if (!failure) return others;
  const message = failure.error instanceof Error ? failure.error.message : String(failure.error);
  const held = existing.find((one) => one.type === 'ReplicaFailure');
  const { reason } = failure;
  if (held?.status === 'True' && held.reason === reason) return existing;
  const lastTransitionTime = timestampOf(now);
  return [
    ...others,
    { type: 'ReplicaFailure', status: 'True', lastTransitionTime, reason, message },
  ];
}
