import {
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { validateLabelSelector } from '../../core/v1/label-selector-validation.ts';
import {
  immutableSelector,
  isEmptySelector,
  templateLabelErrors,
} from '../../core/v1/selector-matching.ts';
import { validatePodTemplateSpec } from '../../core/v1/validation.ts';
import { nonNegative } from '../../core/v1/validation-rules.ts';
import { alwaysRunningErrors, collisionErrors } from './replica-set-validation.ts';
import {
  atMostHundredPercent,
  intOrPercentErrors,
  ofHundred,
  shownBounds,
} from './rollout-bounds.ts';
import type {
  DaemonSet,
  DaemonSetSpec,
  DaemonSetUpdateStrategy,
  RollingUpdateDaemonSet,
} from './types.ts';

function selectorErrors({ selector, template }: DaemonSetSpec): FieldError[] {
  const errors = validateLabelSelector(selector, 'spec.selector');
  if (errors.length === 0)
    errors.push(...templateLabelErrors(selector, template?.metadata?.labels, 'spec.template'));
  if (isEmptySelector(selector))
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for daemonset'));
  return errors;
}

function rollingErrors(rolling: RollingUpdateDaemonSet, path: string): FieldError[] {
  const { maxUnavailable = 0, maxSurge = 0 } = rolling;
  const [unavailable, surge] = [`${path}.maxUnavailable`, `${path}.maxSurge`];
  const errors = [
    ...intOrPercentErrors(unavailable, maxUnavailable),
    ...intOrPercentErrors(surge, maxSurge),
    ...atMostHundredPercent(unavailable, maxUnavailable),
    ...atMostHundredPercent(surge, maxSurge),
  ];
  const [hasUnavailable, hasSurge] = [ofHundred(maxUnavailable) !== 0, ofHundred(maxSurge) !== 0];
  if (hasUnavailable && hasSurge)
    errors.push(invalid(surge, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (!(hasUnavailable || hasSurge))
    errors.push(required(unavailable, 'cannot be 0 when maxSurge is 0'));
  return errors;
}

function strategyErrors(strategy: DaemonSetUpdateStrategy, path: string): FieldError[] {
  const { type = '', rollingUpdate } = strategy;
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    const shown = { Type: type, RollingUpdate: shownBounds(rollingUpdate) };
    return [notSupported(path, shown, ['RollingUpdate', 'OnDelete'], 'as given')];
  }
  if (rollingUpdate === undefined) return [required(`${path}.rollingUpdate`)];
  return rollingErrors(rollingUpdate, `${path}.rollingUpdate`);
}

/** validateDaemonSet checks a daemon set that has its defaults. */
export function validateDaemonSet({ spec }: DaemonSet): FieldError[] {
  if (spec === undefined) return [];
  return [
    ...selectorErrors(spec),
    ...validatePodTemplateSpec(spec.template ?? {}, 'spec.template'),
    ...alwaysRunningErrors(spec.template, 'DaemonSet'),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...strategyErrors(spec.updateStrategy ?? {}, 'spec.updateStrategy'),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ];
}

/** validateDaemonSetUpdate keeps the selector, before it looks at the rest. */
export function validateDaemonSetUpdate(set: DaemonSet, old: DaemonSet): FieldError[] {
  return [...immutableSelector(set.spec?.selector, old.spec?.selector), ...validateDaemonSet(set)];
}

const COUNTS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
] as const;

/** validateDaemonSetStatus checks the counts of a status. */
export function validateDaemonSetStatus(set: DaemonSet, old: DaemonSet): FieldError[] {
  return [
    ...COUNTS.flatMap((field) => nonNegative(`status.${field}`, set.status?.[field])),
    ...collisionErrors(set.status?.collisionCount, old.status?.collisionCount),
  ];
}
