import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { duplicate, type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { invalidBare, nonNegative } from '../../core/v1/validation-rules.ts';
import { firstOverlap, parseIndexes } from './job-indexes.ts';
import type { Job, JobStatus } from './types.ts';

const COUNTS = ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const;

function has({ status }: Job, type: string): boolean {
  return status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
}

function isFinished(job: Job): boolean {
  return has(job, 'Complete') || has(job, 'Failed');
}

function uncountedErrors({ uncountedTerminatedPods: pods }: JobStatus): FieldError[] {
  const seen = new Set<string>();
  return (['succeeded', 'failed'] as const).flatMap((list) =>
    (pods?.[list] ?? []).flatMap((uid, index) => {
      const path = indexPath(`status.uncountedTerminatedPods.${list}`, index);
      if (uid === '') return [invalid(path, uid, 'must not be empty')];
      const known = seen.has(uid);
      seen.add(uid);
      return known ? [duplicate(path, uid)] : [];
    }),
  );
}

/** Change tells what of a status a write changes: only that is judged. */
interface Change {
  readonly job: Job;
  readonly status: JobStatus;
  fields(...names: readonly (keyof JobStatus)[]): boolean;
  condition(...types: readonly string[]): boolean;
  readonly finished: boolean;
}

function changeOf(job: Job, old: Job): Change {
  const status = job.status ?? {};
  return {
    job,
    status,
    fields: (...names) => names.some((name) => !semanticEqual(status[name], old.status?.[name])),
    condition: (...types) => types.some((type) => has(job, type) !== has(old, type)),
    finished: isFinished(job) !== isFinished(old),
  };
}

function conditionErrors({ job, condition, fields }: Change): FieldError[] {
  const path = 'status.conditions';
  const [complete, failed] = [has(job, 'Complete'), has(job, 'Failed')];
  const [target, met] = [has(job, 'FailureTarget'), has(job, 'SuccessCriteriaMet')];
  const both = (a: string, b: string) => `cannot set ${a}=True and ${b}=true conditions`;
  const alone = (a: string, b: string) =>
    `cannot set ${a}=True condition without the ${b}=true condition`;
  const rules: readonly [boolean, string][] = [
    [condition('Complete', 'Failed') && complete && failed, both('Complete', 'Failed')],
    [
      condition('Complete', 'FailureTarget') && complete && target,
      both('Complete', 'FailureTarget'),
    ],
    [
      (condition('Failed') || fields('failedIndexes')) && failed && !target,
      alone('Failed', 'FailureTarget'),
    ],
    [
      condition('Complete', 'SuccessCriteriaMet') && complete && !met,
      alone('Complete', 'SuccessCriteriaMet'),
    ],
    [met && failed, both('SuccessCriteriaMet', 'Failed')],
    [met && target, both('SuccessCriteriaMet', 'FailureTarget')],
    [
      job.spec?.successPolicy !== undefined && !met && complete,
      'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, text]) => invalidBare(path, text));
}

function timeErrors({ job, status, condition, fields, finished }: Change): FieldError[] {
  const { completionTime: end, startTime: start } = status;
  const complete = has(job, 'Complete');
  const path = 'status.completionTime';
  const errors: FieldError[] = [];
  if (condition('Complete') || fields('completionTime')) {
    const early = 'cannot set completionTime when there is no Complete=True condition';
    if (end && !complete) errors.push(invalid(path, end, early));
    if (!end && complete)
      errors.push(required(path, 'completionTime is required for Complete jobs'));
  }
  const changed = fields('startTime', 'completionTime');
  if (changed && start && end && Date.parse(end) < Date.parse(start))
    errors.push(invalid(path, end, 'must be equal to or after `startTime`'));
  const idle = job.spec?.suspend === true && job.spec.completions === 0;
  if ((finished || fields('startTime')) && !idle && !start && isFinished(job))
    errors.push(required('status.startTime', 'startTime is required for finished job'));
  return errors;
}

function finishedErrors({ job, status, finished, fields }: Change): FieldError[] {
  const { active = 0, terminating = 0, ready = 0, uncountedTerminatedPods: pods } = status;
  const errors: FieldError[] = [];
  const done = isFinished(job);
  if ((finished || fields('active')) && active > 0 && done)
    errors.push(invalid('status.active', active, 'active>0 is invalid for finished job'));
  const uncounted = [...(pods?.failed ?? []), ...(pods?.succeeded ?? [])].length > 0;
  if ((finished || fields('uncountedTerminatedPods')) && done && uncounted) {
    const shown = { Succeeded: pods?.succeeded ?? null, Failed: pods?.failed ?? null };
    errors.push(invalid('status.uncountedTerminatedPods', shown, 'must be empty for finished job'));
  }
  if ((finished || fields('terminating')) && terminating > 0 && done) {
    const detail = 'terminating>0 is invalid for finished job';
    errors.push(invalid('status.terminating', terminating, detail));
  }
  if (fields('ready', 'active') && ready > active)
    errors.push(invalid('status.ready', ready, 'cannot set more ready pods than active'));
  return errors;
}

function indexErrors({ job, status, fields }: Change): FieldError[] {
  const { completedIndexes = '', failedIndexes } = status;
  const { completions, backoffLimitPerIndex, completionMode } = job.spec ?? {};
  const errors: FieldError[] = [];
  const [done, failed] = ['status.completedIndexes', 'status.failedIndexes'] as const;
  const completed = parseIndexes(completedIndexes, completions ?? 0);
  const broken = parseIndexes(failedIndexes ?? '', completions ?? 0);
  if (fields('completedIndexes')) {
    if (completions !== undefined && typeof completed === 'string')
      errors.push(invalid(done, completedIndexes, `error parsing completedIndexes: ${completed}`));
    const detail = 'cannot set non-empty completedIndexes when non-indexed completion mode';
    if (completedIndexes !== '' && completionMode !== 'Indexed')
      errors.push(invalid(done, completedIndexes, detail));
  }
  if (fields('failedIndexes') && failedIndexes !== undefined) {
    const detail = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null';
    if (backoffLimitPerIndex === undefined) errors.push(invalid(failed, failedIndexes, detail));
    else if (completions !== undefined && typeof broken === 'string')
      errors.push(invalid(failed, failedIndexes, `error parsing failedIndexes: ${broken}`));
  }
  if (typeof completed === 'string' || typeof broken === 'string') return errors;
  const overlap = firstOverlap(completed, broken);
  if (fields('failedIndexes', 'completedIndexes') && overlap !== undefined) {
    const detail = `failedIndexes and completedIndexes overlap at index: ${overlap}`;
    errors.push(invalid(failed, failedIndexes, detail));
  }
  return errors;
}

function transitionErrors(job: Job, old: Job, { status, fields }: Change): FieldError[] {
  const path = 'status.conditions';
  const before = old.status ?? {};
  const errors = ['Failed', 'Complete', 'FailureTarget']
    .filter((type) => has(old, type) && !has(job, type))
    .map((type) => invalidBare(path, `cannot disable the terminal ${type}=True condition`));
  const { failed = 0, succeeded = 0, completionTime } = status;
  const { completionMode, completions, parallelism, suspend } = job.spec ?? {};
  if (failed < (before.failed ?? 0))
    errors.push(invalid('status.failed', failed, 'cannot decrease the failed counter'));
  const elastic = completionMode === 'Indexed' && completions === parallelism;
  if (!elastic && succeeded < (before.succeeded ?? 0))
    errors.push(invalid('status.succeeded', succeeded, 'cannot decrease the succeeded counter'));
  if (completionTime && before.completionTime && fields('completionTime'))
    errors.push(invalid('status.completionTime', completionTime, 'field is immutable'));
  if (before.startTime && fields('startTime') && !suspend) {
    const detail = 'startTime cannot be removed for unsuspended job';
    errors.push(required('status.startTime', detail));
  }
  const [met, wasMet] = [has(job, 'SuccessCriteriaMet'), has(old, 'SuccessCriteriaMet')];
  if (wasMet && !met)
    errors.push(invalidBare(path, 'cannot disable the SuccessCriteriaMet=True condition'));
  if (has(old, 'Complete') && !wasMet && met) {
    const text = 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions';
    errors.push(invalidBare(path, text));
  }
  return errors;
}

/** validateJobStatus checks that a job's status is consistent where it changes, and final states stay. */
export function validateJobStatus(job: Job, old: Job): FieldError[] {
  const change = changeOf(job, old);
  return [
    ...COUNTS.flatMap((field) => nonNegative(`status.${field}`, change.status[field])),
    ...uncountedErrors(change.status),
    ...conditionErrors(change),
    ...timeErrors(change),
    ...finishedErrors(change),
    ...indexErrors(change),
    ...transitionErrors(job, old, change),
  ];
}
