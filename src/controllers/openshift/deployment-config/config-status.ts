import { phaseOf, STATUS_REASON } from '../../../apis/apps.openshift.io/v1/names.ts';
import type {
  DeploymentCondition,
  DeploymentConfig,
  DeploymentConfigStatus,
} from '../../../apis/apps.openshift.io/v1/types.ts';
import type { ReplicationController } from '../../../apis/core/v1/types.ts';
import { rollingLimits } from '../../../machinery/int-or-percent.ts';

/** StatusInput is what the status of a DeploymentConfig is computed from. */
export interface StatusInput {
  readonly config: DeploymentConfig;
  readonly deployments: readonly ReplicationController[];
  readonly latest: ReplicationController | undefined;
  readonly now: Date;
}

type Condition = Pick<DeploymentCondition, 'type' | 'status' | 'reason' | 'message'>;

const total = (
  list: readonly ReplicationController[],
  field: 'replicas' | 'availableReplicas' | 'readyReplicas',
) => list.reduce((count, one) => count + (one.status?.[field] ?? 0), 0);

/** minimumAvailable is how many pods must be available for the config to count as available. */
function minimumAvailable(config: DeploymentConfig): number {
  const desired = config.spec.replicas ?? 0;
  if (config.spec.strategy?.type !== 'Rolling') return desired;
  const { maxUnavailable } = rollingLimits(config.spec.strategy.rollingParams ?? {}, desired);
  return Math.max(0, desired - maxUnavailable);
}

function availableCondition(config: DeploymentConfig, available: number): Condition {
  const enough = available >= minimumAvailable(config) && available > 0;
  return enough
    ? {
        type: 'Available',
        status: 'True',
        message: 'Deployment config has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        message: 'Deployment config does not have minimum availability.',
      };
}

function progressingCondition(
  latest: ReplicationController | undefined,
  created: boolean,
): Condition | undefined {
  if (!latest) return undefined;
  const name = `replication controller "${latest.metadata.name}"`;
  const type = 'Progressing';
  switch (phaseOf(latest)) {
    case 'Complete':
      return {
        type,
        status: 'True',
        reason: 'NewReplicationControllerAvailable',
        message: `${name} successfully rolled out`,
      };
    case 'Failed': {
      const why = latest.metadata.annotations?.[STATUS_REASON] ?? '';
      const cancelled = /cancelled|newer deployment/.test(why);
      return cancelled
        ? {
            type,
            status: 'False',
            reason: 'RolloutCancelled',
            message: `rollout of ${name} was cancelled`,
          }
        : {
            type,
            status: 'False',
            reason: 'ProgressDeadlineExceeded',
            message: `${name} has failed progressing`,
          };
    }
    default:
      return created
        ? {
            type,
            status: 'True',
            reason: 'NewReplicationControllerCreated',
            message: `created new ${name}`,
          }
        : {
            type,
            status: 'Unknown',
            reason: 'ReplicationControllerUpdated',
            message: `${name} is progressing`,
          };
  }
}

function withTimes(
  wanted: Condition,
  before: DeploymentCondition | undefined,
  changed: boolean,
  now: string,
): DeploymentCondition {
  const same =
    before?.status === wanted.status &&
    before.reason === wanted.reason &&
    before.message === wanted.message &&
    !changed;
  if (same && before) return before;
  const lastTransitionTime =
    before && before.status === wanted.status ? before.lastTransitionTime : now;
  return { ...wanted, lastUpdateTime: now, ...(lastTransitionTime && { lastTransitionTime }) };
}

/**
 * configStatus computes the whole status but `latestVersion` and `details`. The Progressing
 * condition's lastUpdateTime moves whenever a count did: the progress deadline runs from it.
 */
export function configStatus(input: StatusInput): DeploymentConfigStatus {
  const { config, deployments, latest } = input;
  const before = config.status ?? {};
  const now = `${input.now.toISOString().slice(0, 19)}Z`;
  const replicas = total(deployments, 'replicas');
  const availableReplicas = total(deployments, 'availableReplicas');
  const counts = {
    replicas,
    availableReplicas,
    readyReplicas: total(deployments, 'readyReplicas'),
    updatedReplicas: latest ? (latest.status?.replicas ?? 0) : 0,
    unavailableReplicas: Math.max(0, replicas - availableReplicas),
  };
  const moved = (Object.keys(counts) as (keyof typeof counts)[]).some(
    (key) => (before[key] ?? 0) !== counts[key],
  );
  const created = latest !== undefined && phaseOf(latest) === 'New';
  const conditionOf = (type: string) => before.conditions?.find((one) => one.type === type);
  const progressing = progressingCondition(latest, created);
  const conditions = [
    withTimes(availableCondition(config, availableReplicas), conditionOf('Available'), false, now),
    ...(progressing ? [withTimes(progressing, conditionOf('Progressing'), moved, now)] : []),
  ];
  return {
    ...before,
    observedGeneration: config.metadata.generation ?? 0,
    ...counts,
    conditions,
  };
}
