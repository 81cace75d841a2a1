import { defaultPodTemplateSpec } from '../../core/v1/defaults.ts';
import type { PersistentVolumeClaim } from '../../core/v1/types.ts';
import type {
  DaemonSet,
  DaemonSetSpec,
  DaemonSetUpdateStrategy,
  Deployment,
  DeploymentSpec,
  DeploymentStrategy,
  ReplicaSet,
  ReplicaSetSpec,
  StatefulSet,
  StatefulSetSpec,
} from './types.ts';

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
  deployment.spec ??= {} as DeploymentSpec;
  const { spec } = deployment;
  spec.replicas ??= 1;
  spec.strategy ??= {};
  defaultStrategy(spec.strategy);
  spec.revisionHistoryLimit ??= HISTORY_LIMIT;
  spec.progressDeadlineSeconds ??= PROGRESS_DEADLINE_SECONDS;
  defaultPodTemplateSpec(spec.template);
}

/** defaultReplicaSet makes one replica. */
export function defaultReplicaSet(set: ReplicaSet): void {
  set.spec ??= {} as ReplicaSetSpec;
  const { spec } = set;
  spec.replicas ??= 1;
  defaultPodTemplateSpec(spec.template);
}

function defaultDaemonStrategy(strategy: DaemonSetUpdateStrategy): void {
  strategy.type ||= 'RollingUpdate';
  if (strategy.type !== 'RollingUpdate') return;
  strategy.rollingUpdate ??= {};
  strategy.rollingUpdate.maxUnavailable ??= 1;
  strategy.rollingUpdate.maxSurge ??= 0;
}

/** defaultDaemonSet replaces one pod after the other and keeps ten old versions. */
export function defaultDaemonSet(set: DaemonSet): void {
  set.spec ??= {} as DaemonSetSpec;
  const { spec } = set;
  spec.updateStrategy ??= {};
  defaultDaemonStrategy(spec.updateStrategy);
  spec.revisionHistoryLimit ??= HISTORY_LIMIT;
  defaultPodTemplateSpec(spec.template);
}

function defaultStatefulStrategy(spec: StatefulSetSpec): void {
  spec.updateStrategy ??= {};
  const strategy = spec.updateStrategy;
  if (!strategy.type) {
    strategy.type = 'RollingUpdate';
    strategy.rollingUpdate ??= {};
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate)
    strategy.rollingUpdate.partition ??= 0;
}

/** defaultStatefulSet makes one replica, one pod after the other, and keeps claims. */
export function defaultStatefulSet(set: StatefulSet): void {
  set.spec ??= {} as StatefulSetSpec;
  const { spec } = set;
  spec.serviceName ??= '';
  spec.podManagementPolicy ||= 'OrderedReady';
  defaultStatefulStrategy(spec);
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= HISTORY_LIMIT;
  defaultPodTemplateSpec(spec.template);
  for (const claim of spec.volumeClaimTemplates ?? []) defaultClaimTemplate(claim);
}

/** Upstream shows the kind of a claim in a template, and a status that is pending. */
function defaultClaimTemplate(claim: PersistentVolumeClaim): void {
  claim.apiVersion = 'v1';
  claim.kind = 'PersistentVolumeClaim';
  claim.metadata ??= {};
  claim.spec ??= {};
  claim.spec.volumeMode ??= 'Filesystem';
  claim.status = { ...claim.status, phase: claim.status?.phase || 'Pending' };
}
