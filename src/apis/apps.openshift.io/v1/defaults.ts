import { defaultPodTemplateSpec } from '../../core/v1/defaults.ts';
import type { DeploymentConfig, DeploymentStrategy } from './types.ts';

const TIMEOUT_SECONDS = 600;
const ACTIVE_DEADLINE_SECONDS = 21_600;
const HISTORY_LIMIT = 10;

function defaultStrategy(strategy: DeploymentStrategy): void {
  strategy.type ||= 'Rolling';
  strategy.activeDeadlineSeconds ??= ACTIVE_DEADLINE_SECONDS;
  strategy.resources ??= {};
  if (strategy.type === 'Rolling') {
    strategy.rollingParams ??= {};
    const params = strategy.rollingParams;
    params.intervalSeconds ??= 1;
    params.updatePeriodSeconds ??= 1;
    params.timeoutSeconds ??= TIMEOUT_SECONDS;
    if (params.maxUnavailable === undefined && params.maxSurge === undefined) {
      params.maxUnavailable = '25%';
      params.maxSurge = '25%';
    }
    params.maxUnavailable ??= isZero(params.maxSurge) ? '25%' : 0;
    params.maxSurge ??= isZero(params.maxUnavailable) ? '25%' : 0;
  }
  if (strategy.type === 'Recreate') {
    strategy.recreateParams ??= {};
    strategy.recreateParams.timeoutSeconds ??= TIMEOUT_SECONDS;
  }
}

const isZero = (value: number | string | undefined) =>
  value === undefined || Number.parseInt(String(value), 10) === 0;

/**
 * defaultDeploymentConfig fills in what apps.openshift.io/v1 defaults: Rolling with a quarter of
 * surge and unavailability, ten minutes of patience, a config change trigger, ten old versions.
 */
export function defaultDeploymentConfig(draft: DeploymentConfig): void {
  const { spec } = draft;
  spec.triggers ??= [{ type: 'ConfigChange' }];
  for (const trigger of spec.triggers) {
    const from = trigger.imageChangeParams?.from;
    if (from && !from.kind) from.kind = 'ImageStreamTag';
  }
  if (!spec.selector || Object.keys(spec.selector).length === 0) {
    const labels = spec.template?.metadata?.labels;
    if (labels && Object.keys(labels).length > 0) spec.selector = { ...labels };
  }
  spec.revisionHistoryLimit ??= HISTORY_LIMIT;
  spec.strategy ??= {};
  defaultStrategy(spec.strategy);
  defaultPodTemplateSpec(spec.template);
}
