import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
} from '../../../machinery/field-error.ts';
import type { LabelSelector } from '../../../machinery/meta/v1.ts';
import { validateLabelSelector } from '../../core/v1/label-selector-validation.ts';
import {
  immutableSelector,
  isEmptySelector,
  shownSelector,
  templateLabelErrors,
} from '../../core/v1/selector-matching.ts';
import type { PodTemplateSpec } from '../../core/v1/types.ts';
import { validatePodTemplateSpec } from '../../core/v1/validation.ts';
import { nonNegative } from '../../core/v1/validation-rules.ts';
import { validateSelector } from './selector-validation.ts';
import type { ReplicaSet } from './types.ts';

const TOO_MANY = 'cannot be greater than status.replicas';

/** alwaysRunningErrors: the pods of a workload (`kind` in messages) restart, and without a deadline. */
export function alwaysRunningErrors(
  template: PodTemplateSpec | undefined,
  kind: string,
): FieldError[] {
  const path = 'spec.template.spec';
  const { restartPolicy, activeDeadlineSeconds } = template?.spec ?? {};
  const errors: FieldError[] = [];
  if (restartPolicy !== undefined && restartPolicy !== 'Always')
    errors.push(notSupported(`${path}.restartPolicy`, restartPolicy, ['Always']));
  if (activeDeadlineSeconds !== undefined) {
    const detail = `activeDeadlineSeconds in ${kind} is not Supported`;
    errors.push(forbidden(`${path}.activeDeadlineSeconds`, detail));
  }
  return errors;
}

/** validateSelectorAndTemplate checks the template only by a selector that can be read. */
export function validateSelectorAndTemplate(
  spec: { readonly selector?: LabelSelector; readonly template?: PodTemplateSpec } | undefined,
  kind: string,
): FieldError[] {
  const { selector, template = {} } = spec ?? {};
  const errors = validateSelector(selector, kind);
  if (validateLabelSelector(selector, '').length > 0)
    return [...errors, invalid('spec.selector', shownSelector(selector), 'invalid label selector')];
  const path = 'spec.template';
  if (!isEmptySelector(selector))
    errors.push(...templateLabelErrors(selector, template.metadata?.labels, path));
  errors.push(...validatePodTemplateSpec(template, path));
  return [...errors, ...alwaysRunningErrors(template, 'ReplicaSet')];
}

/** validateReplicaSet checks a replica set that has its defaults. */
export function validateReplicaSet({ spec }: ReplicaSet): FieldError[] {
  return [
    ...nonNegative('spec.replicas', spec?.replicas),
    ...nonNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...validateSelectorAndTemplate(spec, 'deployment'),
  ];
}

/** validateReplicaSetUpdate keeps the selector. */
export function validateReplicaSetUpdate(set: ReplicaSet, old: ReplicaSet): FieldError[] {
  return immutableSelector(set.spec?.selector, old.spec?.selector);
}

/** atMost checks counts of a status against its number of replicas. */
export function atMost<T extends string>(
  status: Readonly<Partial<Record<T | 'replicas', number>>>,
  fields: readonly T[],
): FieldError[] {
  const replicas = status.replicas ?? 0;
  return fields
    .filter((field) => (status[field] ?? 0) > replicas)
    .map((field) => invalid(`status.${field}`, status[field], TOO_MANY));
}

/** availableAtMostReady checks that no more pods are available than ready (`ready` names the field). */
export function availableAtMostReady(
  status: { readonly availableReplicas?: number; readonly readyReplicas?: number },
  ready = 'readyReplicas',
): FieldError[] {
  const { availableReplicas = 0, readyReplicas = 0 } = status;
  if (availableReplicas <= readyReplicas) return [];
  const detail = `cannot be greater than ${ready}`;
  return [invalid('status.availableReplicas', availableReplicas, detail)];
}

/** validateReplicaSetStatus checks the counts of a status against each other. */
export function validateReplicaSetStatus({ status }: ReplicaSet): FieldError[] {
  if (status === undefined) return [];
  const fields = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const;
  return [
    ...(['replicas', ...fields, 'observedGeneration'] as const).flatMap((field) =>
      nonNegative(`status.${field}`, status[field]),
    ),
    ...atMost(status, fields),
    ...availableAtMostReady(status),
  ];
}

/** collisionErrors refuses a count of collisions that falls. */
export function collisionErrors(count = 0, old?: number): FieldError[] {
  return old !== undefined && count < old
    ? [invalid('status.collisionCount', count, 'cannot be decremented')]
    : [];
}
