import type {
  Deployment,
  DeploymentCondition,
  DeploymentStatus,
  ReplicaSet,
} from '../../../apis/apps/v1/types.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import {
  COMPLETE,
  conditionOf,
  deadlineSeconds,
  type Finding,
  progressing,
  TIMED_OUT,
  withFinding,
  without,
  withPause,
} from './conditions.ts';
import { limitsOf } from './rollout-state.ts';

/** StatusInput is what a status is computed from. */
export interface StatusInput {
  readonly deployment: Deployment;
  readonly latest: ReplicaSet | undefined;
  readonly older: readonly ReplicaSet[];
  /** What this look at the deployment found about its progress, such as a new replica set. */
  readonly finding: Finding | undefined;
  /** False while it is paused or only resized: then no progress is expected. */
  readonly isRollingOut: boolean;
  readonly now: Date;
}

type Counts = Required<
  Pick<
    DeploymentStatus,
    'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas' | 'unavailableReplicas'
  >
>;

function countsOf({ latest, older }: StatusInput): Counts {
  const all = latest ? [...older, latest] : older;
  const sum = (of: (set: ReplicaSet) => number | undefined) =>
    all.reduce((total, one) => total + (of(one) ?? 0), 0);
  const availableReplicas = sum(({ status }) => status?.availableReplicas);
  return {
    replicas: sum(({ status }) => status?.replicas),
    updatedReplicas: latest?.status?.replicas ?? 0,
    readyReplicas: sum(({ status }) => status?.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(({ spec }) => spec?.replicas) - availableReplicas),
  };
}

function availability(deployment: Deployment, available: number): Finding {
  const least = (deployment.spec?.replicas ?? 1) - limitsOf(deployment).maxUnavailable;
  const type = 'Available';
  return available >= least
    ? {
        type,
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type,
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

/** isComplete tells whether all pods are of the latest version, available, and no others are left. */
export function isComplete(
  deployment: Deployment,
  status: DeploymentStatus | undefined = deployment.status,
): boolean {
  const desired = deployment.spec?.replicas ?? 1;
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status ?? {};
  return (
    updatedReplicas === desired &&
    replicas === desired &&
    availableReplicas === desired &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function hasMoved(before: DeploymentStatus, after: Counts): boolean {
  const oldOnes = (counts: DeploymentStatus) =>
    (counts.replicas ?? 0) - (counts.updatedReplicas ?? 0);
  return (
    after.updatedReplicas > (before.updatedReplicas ?? 0) ||
    oldOnes(after) < oldOnes(before) ||
    after.readyReplicas > (before.readyReplicas ?? 0) ||
    after.availableReplicas > (before.availableReplicas ?? 0)
  );
}

function isLate(held: DeploymentCondition | undefined, seconds: number, now: Date): boolean {
  if (!held || held.reason === COMPLETE) return false;
  if (held.reason === TIMED_OUT) return true;
  return Date.parse(held.lastUpdateTime ?? '') + seconds * 1000 < now.getTime();
}

/** withProgress says how the rollout goes on: done, moving, or without progress for too long. */
function withProgress(
  input: StatusInput,
  counts: Counts,
  conditions: readonly DeploymentCondition[],
): DeploymentCondition[] {
  const { deployment, latest } = input;
  const seconds = deadlineSeconds(deployment);
  if (seconds === undefined) return without(conditions, 'Progressing');
  const held = conditionOf(conditions, 'Progressing');
  if (counts.replicas === counts.updatedReplicas && held?.reason === COMPLETE) {
    return [...conditions];
  }
  const now = timestampOf(input.now);
  const subject = latest
    ? `ReplicaSet "${latest.metadata.name}"`
    : `Deployment "${deployment.metadata.name}"`;
  const observedGeneration = deployment.metadata.generation ?? 0;
  if (isComplete(deployment, { ...counts, observedGeneration })) {
    const message = `${subject} has successfully progressed.`;
    return withFinding(conditions, progressing('True', COMPLETE, message), { now });
  }
  if (hasMoved(deployment.status ?? {}, counts)) {
    const finding = progressing('True', 'ReplicaSetUpdated', `${subject} is progressing.`);
    return withFinding(conditions, finding, { now, renew: true });
  }
  if (!isLate(held, seconds, input.now)) return [...conditions];
  const message = `${subject} has timed out progressing.`;
  return withFinding(conditions, progressing('False', TIMED_OUT, message), { now });
}

/** withFailure carries on why a replica set, the latest first, cannot create its pods. */
function withFailure(
  { latest, older }: StatusInput,
  conditions: readonly DeploymentCondition[],
): DeploymentCondition[] {
  const sets = latest ? [latest, ...older] : older;
  const failures = sets.flatMap(({ status }) => status?.conditions ?? []);
  const failure = failures.find(({ type }) => type === 'ReplicaFailure');
  if (!failure) return without(conditions, 'ReplicaFailure');
  const held = conditionOf(conditions, 'ReplicaFailure');
  if (held?.status === failure.status && held.reason === failure.reason) return [...conditions];
  const { lastTransitionTime } = failure;
  const times = lastTransitionTime ? { lastUpdateTime: lastTransitionTime } : {};
  return [...without(conditions, 'ReplicaFailure'), { ...failure, ...times }];
}

function conditionsOf(input: StatusInput, counts: Counts): DeploymentCondition[] {
  const { deployment, finding } = input;
  const now = timestampOf(input.now);
  let conditions = withPause(deployment, deployment.status?.conditions ?? [], now);
  if (finding && deadlineSeconds(deployment) !== undefined) {
    conditions = withFinding(conditions, finding, { now });
  }
  const available = availability(deployment, counts.availableReplicas);
  conditions = withFinding(conditions, available, { now });
  if (!input.isRollingOut) return conditions;
  return withFailure(input, withProgress(input, counts, conditions));
}

/** deploymentStatus computes the whole status. Counts that are 0 are left out, as upstream does. */
export function deploymentStatus(input: StatusInput): DeploymentStatus {
  const { metadata, status } = input.deployment;
  const counts = countsOf(input);
  const conditions = conditionsOf(input, counts);
  const shown = Object.entries(counts).filter(([, count]) => count > 0);
  return {
    observedGeneration: metadata.generation ?? 0,
    ...(Object.fromEntries(shown) as Partial<Counts>),
    ...(status?.collisionCount ? { collisionCount: status.collisionCount } : {}),
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

/** progressCheckMs is when a rollout has to be looked at for progress; undefined: when it changes. */
export function progressCheckMs(
  deployment: Deployment,
  status: DeploymentStatus,
  now: Date,
): number | undefined {
  const seconds = deadlineSeconds(deployment);
  const held = conditionOf(status.conditions ?? [], 'Progressing');
  if (seconds === undefined || !held || isComplete(deployment, status)) return undefined;
  if (held.reason === TIMED_OUT || held.reason === COMPLETE) return undefined;
  const due = Date.parse(held.lastUpdateTime ?? '') + seconds * 1000 - now.getTime();
  // One more second, as the times of conditions are whole seconds.
  return Math.max(0, due) + 1000;
}
