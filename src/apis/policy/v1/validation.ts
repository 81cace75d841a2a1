import { type FieldError, invalid, notSupported } from '../../../machinery/field-error.ts';
import type { IntOrString } from '../../../machinery/meta/v1.ts';
import { atMostHundredPercent, intOrPercentErrors } from '../../apps/v1/rollout-bounds.ts';
import { conditionErrors } from '../../condition-validation.ts';
import { validateLabelSelector } from '../../core/v1/label-selector-validation.ts';
import { nonNegative } from '../../core/v1/validation-rules.ts';
import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from './types.ts';

const UNHEALTHY_POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

function boundErrors(path: string, value: IntOrString | undefined): FieldError[] {
  if (value === undefined) return [];
  return [...intOrPercentErrors(path, value), ...atMostHundredPercent(path, value)];
}

function goSpec(spec: PodDisruptionBudgetSpec) {
  return {
    MinAvailable: spec.minAvailable ?? null,
    Selector: spec.selector ?? null,
    MaxUnavailable: spec.maxUnavailable ?? null,
    UnhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null,
  };
}

/** validateBudget checks what a disruption budget demands. */
export function validateBudget({ spec = {} }: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec;
  const errors: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const detail = 'minAvailable and maxUnavailable cannot be both set';
    errors.push(invalid('spec', goSpec(spec), detail));
  }
  errors.push(
    ...boundErrors('spec.minAvailable', minAvailable),
    ...boundErrors('spec.maxUnavailable', maxUnavailable),
    ...validateLabelSelector(spec.selector, 'spec.selector'),
  );
  if (policy === undefined || UNHEALTHY_POLICIES.includes(policy)) return errors;
  const path = 'spec.unhealthyPodEvictionPolicy';
  return [...errors, notSupported(path, policy, UNHEALTHY_POLICIES)];
}

const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const;

/** validateBudgetStatus checks the conditions and counts of a status. */
export function validateBudgetStatus({ status }: PodDisruptionBudget): FieldError[] {
  return [
    ...conditionErrors('status.conditions', status?.conditions ?? []),
    ...COUNTS.flatMap((field) => nonNegative(`status.${field}`, status?.[field])),
  ];
}
