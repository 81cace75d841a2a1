import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { immutableSelector } from '../../core/v1/selector-matching.ts';
import { nonNegative } from '../../core/v1/validation-rules.ts';
import {
  atMost,
  availableAtMostReady,
  collisionErrors,
  validateSelectorAndTemplate,
} from './replica-set-validation.ts';
import {
  atMostHundredPercent,
  intOrPercentErrors,
  ofHundred,
  shownBounds,
} from './rollout-bounds.ts';
import type { Deployment, DeploymentStrategy, RollingUpdateDeployment } from './types.ts';

const STRATEGIES = ['Recreate', 'RollingUpdate'];
function rollingErrors(rolling: RollingUpdateDeployment, path: string): FieldError[] {
  const { maxUnavailable = 0, maxSurge = 0 } = rolling;
  const unavailable = `${path}.maxUnavailable`;
  const errors = [
    ...intOrPercentErrors(unavailable, maxUnavailable),
    ...intOrPercentErrors(`${path}.maxSurge`, maxSurge),
  ];
  if (ofHundred(maxUnavailable) === 0 && ofHundred(maxSurge) === 0)
    errors.push(invalid(unavailable, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  return [...errors, ...atMostHundredPercent(unavailable, maxUnavailable)];
}

function strategyErrors(strategy: DeploymentStrategy, path: string): FieldError[] {
  const { type = '', rollingUpdate } = strategy;
  if (!STRATEGIES.includes(type)) {
    const shown = { Type: type, RollingUpdate: shownBounds(rollingUpdate) };
    return [notSupported(path, shown, STRATEGIES)];
  }
  if (type === 'Recreate') {
    if (rollingUpdate === undefined) return [];
    const detail = "may not be specified when strategy `type` is 'Recreate'";
    return [forbidden(`${path}.rollingUpdate`, detail)];
  }
  if (rollingUpdate !== undefined) return rollingErrors(rollingUpdate, `${path}.rollingUpdate`);
  return [required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil')];
}

/** validateDeployment checks a deployment that has its defaults. */
export function validateDeployment({ spec }: Deployment): FieldError[] {
  const { minReadySeconds = 0, progressDeadlineSeconds: deadline } = spec ?? {};
  const errors = [
    ...nonNegative('spec.replicas', spec?.replicas),
    ...validateSelectorAndTemplate(spec, 'deployment'),
    ...strategyErrors(spec?.strategy ?? {}, 'spec.strategy'),
    ...nonNegative('spec.minReadySeconds', minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec?.revisionHistoryLimit),
    ...nonNegative('spec.progressDeadlineSeconds', deadline),
  ];
  if (deadline !== undefined && deadline <= minReadySeconds) {
    const detail = 'must be greater than minReadySeconds';
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, detail));
  }
  return errors;
}

/** validateDeploymentUpdate keeps the selector. */
export function validateDeploymentUpdate(deployment: Deployment, old: Deployment): FieldError[] {
  return immutableSelector(deployment.spec?.selector, old.spec?.selector);
}

/** validateDeploymentStatus checks the counts of a status against each other and the old one. */
export function validateDeploymentStatus(
  { status = {} }: Deployment,
  { status: old = {} }: Deployment,
): FieldError[] {
  const fields = ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const;
  const all = ['replicas', ...fields, 'unavailableReplicas', 'collisionCount'] as const;
  const errors = [
    ...nonNegative('status.observedGeneration', status.observedGeneration),
    ...all.flatMap((field) => nonNegative(`status.${field}`, status[field])),
    ...atMost(status, fields),
    ...availableAtMostReady(status),
  ];
  return [...errors, ...collisionErrors(status.collisionCount, old.collisionCount)];
}
