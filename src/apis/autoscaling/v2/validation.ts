import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { nonNegative } from '../../core/v1/validation-rules.ts';
import { metricErrors } from './metric-validation.ts';
import { referenceErrors } from './reference-validation.ts';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  HPAScalingPolicy,
  HPAScalingRules,
} from './types.ts';

const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const POLICY_TYPES = ['Percent', 'Pods'];
const MAX_PERIOD_SECONDS = 1800;
const MAX_WINDOW_SECONDS = 3600;

function policyErrors(policy: HPAScalingPolicy, path: string): FieldError[] {
  const { type, value, periodSeconds: period } = policy;
  const errors: FieldError[] = [];
  if (!POLICY_TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, POLICY_TYPES));
  if (value <= 0) errors.push(invalid(`${path}.value`, value, 'must be greater than zero'));
  const at = `${path}.periodSeconds`;
  if (period <= 0) errors.push(invalid(at, period, 'must be greater than zero'));
  if (period > MAX_PERIOD_SECONDS)
    errors.push(invalid(at, period, `must be less than or equal to ${MAX_PERIOD_SECONDS}`));
  return errors;
}

function rulesErrors(rules: HPAScalingRules | undefined, path: string): FieldError[] {
  if (rules === undefined) return [];
  const { stabilizationWindowSeconds: window = 0, selectPolicy, policies = [] } = rules;
  const errors: FieldError[] = [];
  const at = `${path}.stabilizationWindowSeconds`;
  if (window < 0) errors.push(invalid(at, window, 'must be greater than or equal to zero'));
  if (window > MAX_WINDOW_SECONDS)
    errors.push(invalid(at, window, `must be less than or equal to ${MAX_WINDOW_SECONDS}`));
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(selectPolicy))
    errors.push(notSupported(`${path}.selectPolicy`, selectPolicy, SELECT_POLICIES));
  if (policies.length === 0)
    errors.push(required(`${path}.policies`, 'must specify at least one Policy'));
  for (const [index, policy] of policies.entries())
    errors.push(...policyErrors(policy, indexPath(`${path}.policies`, index)));
  return errors;
}

function replicaErrors(spec: HorizontalPodAutoscalerSpec, least: number): FieldError[] {
  const { minReplicas: min, maxReplicas: max = 0 } = spec;
  const errors: FieldError[] = [];
  if (min !== undefined && min < least)
    errors.push(invalid('spec.minReplicas', min, `must be greater than or equal to ${least}`));
  if (max < 1) errors.push(invalid('spec.maxReplicas', max, 'must be greater than 0'));
  if (min !== undefined && max < min) {
    const detail = 'must be greater than or equal to `minReplicas`';
    errors.push(invalid('spec.maxReplicas', max, detail));
  }
  return errors;
}

function metricsErrors({ metrics = [], minReplicas }: HorizontalPodAutoscalerSpec): FieldError[] {
  const path = 'spec.metrics';
  const errors = metrics.flatMap((one, index) => metricErrors(one, indexPath(path, index)));
  const wakes = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas !== 0 || wakes) return errors;
  const detail =
    'must specify at least one Object or External metric to support scaling to zero replicas';
  return [...errors, forbidden(path, detail)];
}

/** validateAutoscaler checks a scaler that has its defaults; `old` is what it was, on update. */
export function validateAutoscaler(
  { spec }: HorizontalPodAutoscaler,
  old?: HorizontalPodAutoscaler,
): FieldError[] {
  const reference = spec?.scaleTargetRef;
  const before = old?.spec?.scaleTargetRef;
  const same =
    before !== undefined &&
    before.apiVersion === reference?.apiVersion &&
    before.kind === reference?.kind;
  const mayBeCore = same || reference?.kind === 'ReplicationController';
  const scaler = spec ?? ({} as HorizontalPodAutoscalerSpec);
  return [
    ...replicaErrors(scaler, old?.spec?.minReplicas === 0 ? 0 : 1),
    ...referenceErrors(reference, 'spec.scaleTargetRef', mayBeCore),
    ...metricsErrors(scaler),
    ...rulesErrors(scaler.behavior?.scaleUp, 'spec.behavior.scaleUp'),
    ...rulesErrors(scaler.behavior?.scaleDown, 'spec.behavior.scaleDown'),
  ];
}

/** validateAutoscalerStatus checks the counts of a status. */
export function validateAutoscalerStatus({ status }: HorizontalPodAutoscaler): FieldError[] {
  return [
    ...nonNegative('status.currentReplicas', status?.currentReplicas),
    ...nonNegative('status.desiredReplicas', status?.desiredReplicas),
  ];
}
