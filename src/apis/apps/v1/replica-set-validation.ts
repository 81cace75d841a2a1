import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { matchesLabels, selectorOfObject } from '../../../machinery/labels.ts';
import type { LabelSelector } from '../../../machinery/meta/v1.ts';
import type { PodTemplateSpec } from '../../core/v1/types.ts';
import { validatePodTemplateSpec } from '../../core/v1/validation.ts';
import { nonNegative } from '../../core/v1/validation-rules.ts';
import {
  goStringMap,
  immutableSelector,
  invalidGo,
  validateSelector,
} from './selector-validation.ts';
import type { ReplicaSet } from './types.ts';

const TOO_MANY = 'cannot be greater than status.replicas';

/** validateTemplate checks that a workload's pods carry what it selects and always restart. */
export function validateTemplate(
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
  path: string,
): FieldError[] {
  if (template === undefined) return [required(path)];
  const errors: FieldError[] = [];
  const { labels } = template.metadata ?? {};
  if (selector !== undefined && !matchesLabels(selectorOfObject(selector), labels)) {
    const detail = '`selector` does not match template `labels`';
    errors.push(invalidGo(`${path}.metadata.labels`, goStringMap(labels), detail));
  }
  errors.push(...validatePodTemplateSpec(template, path));
  const policy = template.spec?.restartPolicy;
  if (policy !== undefined && policy !== 'Always')
    errors.push(notSupported(`${path}.spec.restartPolicy`, policy, ['Always']));
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    const detail = 'activeDeadlineSeconds in ReplicaSet is not Supported';
    errors.push(forbidden(`${path}.spec.activeDeadlineSeconds`, detail));
  }
  return errors;
}

/** validateSelectorAndTemplate checks the template only by a selector that can be read. */
export function validateSelectorAndTemplate(
  spec: { readonly selector?: LabelSelector; readonly template?: PodTemplateSpec } | undefined,
): FieldError[] {
  const errors = validateSelector(spec?.selector, 'spec.selector');
  const readable = errors.length === 0 ? spec?.selector : undefined;
  return [...errors, ...validateTemplate(spec?.template, readable, 'spec.template')];
}

/** validateReplicaSet checks a replica set that has its defaults. */
export function validateReplicaSet({ spec }: ReplicaSet): FieldError[] {
  return [
    ...nonNegative('spec.replicas', spec?.replicas),
    ...nonNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...validateSelectorAndTemplate(spec),
  ];
}

/** validateReplicaSetUpdate keeps the selector. */
export function validateReplicaSetUpdate(set: ReplicaSet, old: ReplicaSet): FieldError[] {
  return immutableSelector(set.spec?.selector, old.spec?.selector, 'spec.selector');
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

/** availableAtMostReady checks that no more pods are available than ready. */
export function availableAtMostReady(status: {
  readonly availableReplicas?: number;
  readonly readyReplicas?: number;
}): FieldError[] {
  const { availableReplicas = 0, readyReplicas = 0 } = status;
  if (availableReplicas <= readyReplicas) return [];
  const detail = 'cannot be greater than readyReplicas';
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
