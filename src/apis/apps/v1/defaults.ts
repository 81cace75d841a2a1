import { defaultPodTemplateSpec } from '../../core/v1/defaults.ts';
import type { Deployment, DeploymentStrategy, ReplicaSet } from './types.ts';

const PART = '25%';
const HISTORY_LIMIT = 10;
const PROGRESS_DEADLINE_SECONDS = 600;

function defaultStrategy(strategy: DeploymentStrategy): void {
  strategy.type ||= 'RollingUpdate';
  if (strategy.type !== 'RollingUpdate') return;
  strategy.rollingUpdate ??= {};
  strategy.rollingUpdate.maxUnavailable ??= PART;
  strategy.rollingUpdate.maxSurge ??= PART;
}

/**
 * defaultDeployment fills in what apps/v1 defaults: one replica, a rolling update by quarters, ten
 * old versions, ten minutes to make progress.
 */
export function defaultDeployment(deployment: Deployment): void {
  const { spec } = deployment;
  if (spec === undefined) return;
  spec.replicas ??= 1;
  spec.strategy ??= {};
  defaultStrategy(spec.strategy);
  spec.revisionHistoryLimit ??= HISTORY_LIMIT;
  spec.progressDeadlineSeconds ??= PROGRESS_DEADLINE_SECONDS;
  defaultPodTemplateSpec(spec.template);
}

/** defaultReplicaSet makes one replica. */
export function defaultReplicaSet(set: ReplicaSet): void {
  const { spec } = set;
  if (spec === undefined) return;
  spec.replicas ??= 1;
  defaultPodTemplateSpec(spec.template);
}
