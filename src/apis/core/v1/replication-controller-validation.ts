import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { matchesSet } from '../../../machinery/labels.ts';
import { validatePodTemplateSpec } from './pod-spec-validation.ts';
import { shownLabels } from './selector-matching.ts';
import type { PodTemplateSpec, ReplicationController } from './types.ts';
import { nonNegative } from './validation-rules.ts';

/**
 * validateControllerTemplate checks the template of something that keeps pods running: it fits
 * the selector and its pods are always restarted.
 */
export function validateControllerTemplate(
  template: PodTemplateSpec | undefined,
  selector: Readonly<Record<string, string>> | undefined,
  path: string,
): FieldError[] {
  if (template === undefined) return [required(path)];
  const errors: FieldError[] = [];
  const labels = template.metadata?.labels;
  if (Object.keys(selector ?? {}).length > 0 && !matchesSet(selector, labels)) {
    const detail = '`selector` does not match template `labels`';
    errors.push(invalid(`${path}.metadata.labels`, shownLabels(labels), detail));
  }
  errors.push(...validatePodTemplateSpec(template, path));
  const policy = template.spec?.restartPolicy;
  if (policy !== undefined && policy !== 'Always')
    errors.push(notSupported(`${path}.spec.restartPolicy`, policy, ['Always']));
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    const detail = 'activeDeadlineSeconds in ReplicationController is not Supported';
    errors.push(forbidden(`${path}.spec.activeDeadlineSeconds`, detail));
  }
  return errors;
}

/** validateReplicationController checks a replication controller that has its defaults. */
export function validateReplicationController(controller: ReplicationController): FieldError[] {
  const { spec } = controller;
  const selector = spec?.selector ?? {};
  return [
    ...nonNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...(Object.keys(selector).length > 0 ? [] : [required('spec.selector')]),
    ...nonNegative('spec.replicas', spec?.replicas),
    ...validateControllerTemplate(spec?.template, selector, 'spec.template'),
  ];
}

const COUNTS = ['readyReplicas', 'availableReplicas', 'fullyLabeledReplicas'] as const;

/** validateReplicationControllerStatus checks the counts of a status against each other. */
export function validateReplicationControllerStatus({
  status,
}: ReplicationController): FieldError[] {
  const { replicas = 0, availableReplicas = 0, readyReplicas = 0 } = status ?? {};
  const text = 'cannot be greater than status.replicas';
  const errors = [
    ...nonNegative('status.replicas', replicas),
    ...COUNTS.flatMap((field) => nonNegative(`status.${field}`, status?.[field])),
    ...nonNegative('status.observedGeneration', status?.observedGeneration),
    ...COUNTS.filter((field) => (status?.[field] ?? 0) > replicas).map((field) =>
      invalid(`status.${field}`, status?.[field], text),
    ),
  ];
  if (availableReplicas > readyReplicas) {
    const detail = 'cannot be greater than readyReplicas';
    errors.push(invalid('status.availableReplicas', availableReplicas, detail));
  }
  return errors;
}
