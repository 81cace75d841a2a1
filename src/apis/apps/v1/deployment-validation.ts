import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { resolveIntOrPercent } from '../../../machinery/int-or-percent.ts';
import type { IntOrString } from '../../../machinery/meta/v1.ts';
import { regexError } from '../../../machinery/names.ts';
import { nonNegative } from '../../core/v1/validation-rules.ts';
import {
  atMost,
  availableAtMostReady,
  validateSelectorAndTemplate,
} from './replica-set-validation.ts';
import { immutableSelector, invalidGo } from './selector-validation.ts';
import type { Deployment, DeploymentStrategy, RollingUpdateDeployment } from './types.ts';

const STRATEGIES = ['Recreate', 'RollingUpdate'];
const PERCENT = /^[0-9]+%$/;
const PERCENT_TEXT = regexError(
  "a valid percent string must be a numeric string followed by an ending '%'",
  '[0-9]+%',
  '1%',
  '93%',
);

function goIntOrString(value: IntOrString): string {
  const [type, number, text] = typeof value === 'number' ? [0, value, ''] : [1, 0, value];
  return `intstr.IntOrString{Type:${type}, IntVal:${number}, StrVal:${JSON.stringify(text)}}`;
}

function boundErrors(path: string, value: IntOrString): FieldError[] {
  if (typeof value === 'number') return nonNegative(path, value);
  return PERCENT.test(value) ? [] : [invalidGo(path, goIntOrString(value), PERCENT_TEXT)];
}

function rollingErrors(rolling: RollingUpdateDeployment, path: string): FieldError[] {
  const { maxUnavailable = 0, maxSurge = 0 } = rolling;
  const unavailable = `${path}.maxUnavailable`;
  const errors = [
    ...boundErrors(unavailable, maxUnavailable),
    ...boundErrors(`${path}.maxSurge`, maxSurge),
  ];
  const ofHundred = (value: IntOrString) => resolveIntOrPercent(value, 100, 'down');
  if (ofHundred(maxUnavailable) === 0 && ofHundred(maxSurge) === 0) {
    const detail = 'may not be 0 when `maxSurge` is 0';
    errors.push(invalidGo(unavailable, goIntOrString(maxUnavailable), detail));
  }
  if (typeof maxUnavailable === 'string' && ofHundred(maxUnavailable) > 100) {
    const detail = 'must not be greater than 100%';
    errors.push(invalidGo(unavailable, goIntOrString(maxUnavailable), detail));
  }
  return errors;
}

function strategyErrors(strategy: DeploymentStrategy, path: string): FieldError[] {
  const { type = '', rollingUpdate } = strategy;
  if (!STRATEGIES.includes(type)) return [notSupported(`${path}.type`, type, STRATEGIES)];
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
    ...validateSelectorAndTemplate(spec),
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
  return immutableSelector(deployment.spec?.selector, old.spec?.selector, 'spec.selector');
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
  const { collisionCount = 0 } = status;
  if (collisionCount < (old.collisionCount ?? 0))
    errors.push(invalid('status.collisionCount', collisionCount, 'cannot be decremented'));
  return errors;
}
