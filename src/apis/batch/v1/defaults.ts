import { defaultPodTemplateSpec } from '../../core/v1/defaults.ts';
import type { CronJob, CronJobSpec, Job, JobSpec } from './types.ts';

const BACKOFF_LIMIT = 6;
const NO_LIMIT = 2 ** 31 - 1;

/** The defaults that a template of jobs gets also. */
function defaultPods(spec: JobSpec): void {
  defaultPodTemplateSpec(spec.template);
  for (const rule of spec.podFailurePolicy?.rules ?? [])
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True';
}

/** defaultJob makes one pod run once, with six retries. */
export function defaultJob(job: Job): void {
  job.spec ??= {} as JobSpec;
  const { spec } = job;
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? BACKOFF_LIMIT : NO_LIMIT;
  const { labels } = spec.template?.metadata ?? {};
  if (labels && Object.keys(job.metadata.labels ?? {}).length === 0)
    job.metadata.labels = { ...labels };
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
  defaultPods(spec);
}

/** defaultCronJob lets jobs overlap and keeps three that succeeded and one that failed. */
export function defaultCronJob(job: CronJob): void {
  job.spec ??= {} as CronJobSpec;
  const { spec } = job;
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  if (spec.jobTemplate) spec.jobTemplate.metadata ??= {};
  if (spec.jobTemplate?.spec) defaultPods(spec.jobTemplate.spec);
}
