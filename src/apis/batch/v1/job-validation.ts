import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { keyPath } from '../../../machinery/field-path.ts';
import { dnsLabelErrors } from '../../../machinery/names.ts';
import { validateLabelSelector } from '../../core/v1/label-selector-validation.ts';
import { defaultPodTemplateSpec } from '../../core/v1/pod-defaults.ts';
import {
  immutableSelector,
  selects,
  shownLabels,
  shownSelector,
  templateLabelErrors,
} from '../../core/v1/selector-matching.ts';
import type { PodSpec, PodTemplateSpec } from '../../core/v1/types.ts';
import { immutable } from '../../core/v1/validation-rules.ts';
import { goEqual, type InternalStruct, internalForm, schemaOf } from '../../schema/index.ts';
import { validateJobSpec } from './job-spec-validation.ts';
import type { Job, JobSpec } from './types.ts';

/** JOB_LABELS are the labels by which a job finds its pods: with a prefix, and as they were before that. */
export const JOB_LABELS = {
  uid: ['controller-uid', 'batch.kubernetes.io/controller-uid'],
  name: ['job-name', 'batch.kubernetes.io/job-name'],
} as const;

function labelErrors(job: Job): FieldError[] {
  const { name = '', uid = '' } = job.metadata;
  const expected: [string, string][] = [
    [JOB_LABELS.uid[0], uid],
    [JOB_LABELS.name[0], name],
    [JOB_LABELS.uid[1], uid],
    [JOB_LABELS.name[1], name],
  ];
  const labels = job.spec?.template?.metadata?.labels ?? {};
  const errors = expected.flatMap(([key, value]) => {
    const path = keyPath('spec.template.metadata.labels', key);
    const detail = `must be '${value}'`;
    if (labels[key] === undefined) return [required(path, detail)];
    return labels[key] === value ? [] : [invalid(path, shownLabels(labels), detail)];
  });
  const selector = job.spec?.selector;
  if (validateLabelSelector(selector, '').length > 0) return errors;
  if (selects(selector, Object.fromEntries(expected))) return errors;
  const detail = '`selector` not auto-generated';
  return [...errors, invalid('spec.selector', shownSelector(selector), detail)];
}

function selectorErrors({ selector, template }: JobSpec): FieldError[] {
  const path = 'spec.selector';
  const errors = selector === undefined ? [required(path)] : validateLabelSelector(selector, path);
  if (validateLabelSelector(selector, '').length > 0) return errors;
  return [...errors, ...templateLabelErrors(selector, template?.metadata?.labels, 'spec.template')];
}

function hostNameErrors({ metadata: { name = '' }, spec }: Job): FieldError[] {
  const { completionMode, completions = 0 } = spec ?? {};
  if (completionMode !== 'Indexed' || completions <= 0) return [];
  const host = `${name}-${completions - 1}`;
  if (dnsLabelErrors(host).length === 0) return [];
  const detail = `will not able to create pod with invalid DNS label: ${host}`;
  return [invalid('metadata.name', name, detail)];
}

/** validateJob checks a job that has its defaults and its selector. */
export function validateJob(job: Job): FieldError[] {
  const spec = job.spec ?? ({} as JobSpec);
  const generated = spec.manualSelector !== true && spec.selector !== undefined;
  return [...(generated ? labelErrors(job) : []), ...specErrors(spec), ...hostNameErrors(job)];
}

function specErrors(spec: JobSpec): FieldError[] {
  return [...validateJobSpec(spec, 'spec'), ...selectorErrors(spec)];
}

function completionsErrors(spec: JobSpec, old: JobSpec): FieldError[] {
  const path = 'spec.completions';
  if (spec.completionMode !== 'Indexed') return immutable(path, spec.completions, old.completions);
  const { completions, parallelism } = spec;
  if (completions === undefined || completions === old.completions) return [];
  if (completions === parallelism) return [];
  return [invalid(path, completions, 'can only be modified in tandem with spec.parallelism')];
}

/** The template with what says where pods may run taken from another one: it may change before a start. */
function withPlaceOf(template: PodTemplateSpec, other: PodTemplateSpec): PodTemplateSpec {
  const { nodeSelector, tolerations, schedulingGates, affinity } = other.spec ?? {};
  const { nodeAffinity: _own, ...rest } = template.spec?.affinity ?? {};
  const merged = {
    ...rest,
    ...(affinity?.nodeAffinity && { nodeAffinity: affinity.nodeAffinity }),
  };
  const { labels, annotations } = other.metadata ?? {};
  return {
    ...template,
    metadata: { ...template.metadata, labels, annotations },
    spec: {
      ...template.spec,
      nodeSelector,
      tolerations,
      schedulingGates,
      affinity: Object.keys(merged).length > 0 ? merged : affinity && {},
    },
  } as PodTemplateSpec;
}

const SPEC = schemaOf('io.k8s.api.batch.v1.JobSpec');
const TEMPLATE = schemaOf('io.k8s.api.core.v1.PodTemplateSpec');

/** Upstream fills in the pod of a template that has none, too. */
function withSpec(template: PodTemplateSpec): PodTemplateSpec {
  if (template.spec) return template;
  const whole: PodTemplateSpec = { ...template, spec: {} as PodSpec };
  defaultPodTemplateSpec(whole);
  return whole;
}

function templateErrors(job: Job, old: Job): FieldError[] {
  const [template, before] = [job.spec?.template ?? {}, old.spec?.template ?? {}];
  const movable = old.spec?.suspend === true && old.status?.startTime === undefined;
  const kept = movable ? withPlaceOf(before, template) : before;
  if (goEqual(TEMPLATE, template, movable ? withPlaceOf(kept, template) : kept)) return [];
  const shown = internalForm('core.PodTemplateSpec', withSpec(template));
  return [invalid('spec.template', shown, 'field is immutable')];
}

/** Those with the struct that upstream shows of them. */
const FIXED = [
  ['completionMode'],
  ['podFailurePolicy', 'batch.PodFailurePolicy'],
  ['backoffLimitPerIndex'],
  ['managedBy'],
  ['successPolicy', 'batch.SuccessPolicy'],
] as const satisfies readonly (readonly [keyof JobSpec, InternalStruct?])[];

function fixedErrors(spec: JobSpec, before: JobSpec): FieldError[] {
  return FIXED.flatMap(([field, struct]) => {
    const value = spec[field];
    if (goEqual(SPEC, { [field]: value }, { [field]: before[field] })) return [];
    const shown = struct && typeof value === 'object' ? internalForm(struct, value) : value;
    return [invalid(`spec.${field}`, shown, 'field is immutable')];
  });
}

/** validateJobUpdate keeps what a job does; where it may run changes only before it starts. */
export function validateJobUpdate(job: Job, old: Job): FieldError[] {
  const [spec, before] = [job.spec ?? ({} as JobSpec), old.spec ?? ({} as JobSpec)];
  // Upstream checks the spec again here: its causes are given twice.
  return [
    ...specErrors(spec),
    ...completionsErrors(spec, before),
    ...immutableSelector(spec.selector, before.selector),
    ...templateErrors(job, old),
    ...fixedErrors(spec, before),
  ];
}
