import type { Deployment, ReplicaSet } from '../../../apis/apps/v1/types.ts';
import { rollingLimits } from '../../../machinery/int-or-percent.ts';
import { DESIRED_REPLICAS, MAX_REPLICAS, numberOf } from './annotations.ts';

/** RolloutSet is what planning has to know of one replica set. */
export interface RolloutSet {
  readonly name: string;
  /** How many pods it shall have. */
  readonly replicas: number;
  /** How many it has. */
  readonly running: number;
  readonly available: number;
  readonly createdMs: number;
  /** For how many pods of the whole deployment it was scaled last, and of how many at most. */
  readonly scaledFor: number | undefined;
  readonly scaledForMax: number | undefined;
}

/** RolloutState is a deployment between two steps of its rollout. */
export interface RolloutState {
  readonly desired: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly strategy: 'Recreate' | 'RollingUpdate';
  readonly isPaused: boolean;
  /** The set of the present template; undefined until it is created. */
  readonly latest: RolloutSet | undefined;
  readonly older: readonly RolloutSet[];
  /** True while pods of older sets have not ended, those that are being deleted included. */
  readonly oldPodsRun: boolean;
  /** How many pods the deployment had when it was looked at last. */
  readonly lastReplicas: number;
}

/** RolloutLimits are how many pods there may be above and below the desired count. */
export interface RolloutLimits {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** limitsOf resolves a deployment's percentages. Only rolling updates may go above or below. */
export function limitsOf({ spec }: Deployment): RolloutLimits {
  const { replicas = 1, strategy } = spec ?? {};
  if (strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge, maxUnavailable } = rollingLimits(strategy?.rollingUpdate ?? {}, replicas);
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) };
}

function rolloutSet({ metadata, spec, status }: ReplicaSet): RolloutSet {
  return {
    name: metadata.name ?? '',
    replicas: spec?.replicas ?? 1,
    running: status?.replicas ?? 0,
    available: status?.availableReplicas ?? 0,
    createdMs: Date.parse(metadata.creationTimestamp ?? '') || 0,
    scaledFor: numberOf(metadata.annotations, DESIRED_REPLICAS),
    scaledForMax: numberOf(metadata.annotations, MAX_REPLICAS),
  };
}

/** rolloutState reads the state of a deployment from its objects. */
export function rolloutState(
  deployment: Deployment,
  sets: { readonly latest: ReplicaSet | undefined; readonly older: readonly ReplicaSet[] },
  oldPodsRun: boolean,
): RolloutState {
  const { spec, status } = deployment;
  return {
    desired: spec?.replicas ?? 1,
    ...limitsOf(deployment),
    strategy: spec?.strategy?.type === 'Recreate' ? 'Recreate' : 'RollingUpdate',
    isPaused: spec?.paused ?? false,
    latest: sets.latest && rolloutSet(sets.latest),
    older: sets.older.map(rolloutSet),
    oldPodsRun,
    lastReplicas: status?.replicas ?? 0,
  };
}
