import type { Deployment, DeploymentCondition } from '../../../apis/apps/v1/types.ts';

/** NO_DEADLINE as progressDeadlineSeconds means that progress is not watched. */
const NO_DEADLINE = 2_147_483_647;

/** Reasons of the condition Progressing that are looked at again. */
export const TIMED_OUT = 'ProgressDeadlineExceeded';
export const COMPLETE = 'NewReplicaSetAvailable';
const PAUSED = 'DeploymentPaused';
const RESUMED = 'DeploymentResumed';

/** Finding is a condition without its times. */
export interface Finding {
  readonly type: 'Available' | 'Progressing' | 'ReplicaFailure';
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** progressing makes a finding about progress. */
export function progressing(status: Finding['status'], reason: string, message: string): Finding {
  return { type: 'Progressing', status, reason, message };
}

/** conditionOf answers the condition of a type, if there is one. */
export function conditionOf(
  conditions: readonly DeploymentCondition[],
  type: Finding['type'],
): DeploymentCondition | undefined {
  return conditions.find((one) => one.type === type);
}

/** without answers the conditions but those of a type. */
export function without(
  conditions: readonly DeploymentCondition[],
  type: Finding['type'],
): DeploymentCondition[] {
  return conditions.filter((one) => one.type !== type);
}

/**
 * withFinding sets a condition. One of the same status and reason stays as it is, unless `renew` is
 * set: then its message and time of update change. The time of transition moves with the status only.
 */
export function withFinding(
  conditions: readonly DeploymentCondition[],
  finding: Finding,
  options: { readonly now: string; readonly renew?: boolean },
): DeploymentCondition[] {
  const held = conditionOf(conditions, finding.type);
  const isSame = held?.status === finding.status && held.reason === finding.reason;
  if (isSame && !options.renew) return [...conditions];
  const { now } = options;
  const lastTransitionTime =
    held?.status === finding.status ? (held.lastTransitionTime ?? now) : now;
  const made = { ...finding, lastUpdateTime: now, lastTransitionTime };
  return [...without(conditions, finding.type), made];
}

/** deadlineSeconds is how long a rollout may go without progress; undefined: for ever. */
export function deadlineSeconds({ spec }: Deployment): number | undefined {
  const deadline = spec?.progressDeadlineSeconds;
  return deadline === NO_DEADLINE ? undefined : deadline;
}

/**
 * withPause says that a deployment is paused, or goes on again: from then on its time to make
 * progress counts anew. A rollout that has timed out stays so.
 */
export function withPause(
  deployment: Deployment,
  conditions: readonly DeploymentCondition[],
  now: string,
): DeploymentCondition[] {
  const reason = conditionOf(conditions, 'Progressing')?.reason;
  const isSaid = reason === PAUSED;
  const isPaused = deployment.spec?.paused ?? false;
  if (deadlineSeconds(deployment) === undefined || reason === TIMED_OUT || isPaused === isSaid) {
    return [...conditions];
  }
  const finding = isPaused
    ? progressing('Unknown', PAUSED, 'Deployment is paused')
    : progressing('Unknown', RESUMED, 'Deployment is resumed');
  return withFinding(conditions, finding, { now });
}
