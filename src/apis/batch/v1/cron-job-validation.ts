import {
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { shownSelector } from '../../core/v1/selector-matching.ts';
import { nonNegative, texts } from '../../core/v1/validation-rules.ts';
import { scheduleErrors, zoneText } from './cron-schedule.ts';
import { validateJobSpec } from './job-spec-validation.ts';
import type { CronJob, CronJobSpec, JobSpec, JobTemplateSpec } from './types.ts';

const POLICIES = ['Allow', 'Forbid', 'Replace'];
const MAX_NAME_LENGTH = 52;
const ZONE_PART = /^[A-Za-z._0-9+][A-Za-z.\-_0-9+]{0,13}$/;

function scheduleFieldErrors(spec: CronJobSpec, mayHaveZone: boolean): FieldError[] {
  const path = 'spec.schedule';
  const { schedule = '', timeZone } = spec;
  if (schedule === '') return [required(path)];
  const errors = texts(path, schedule, scheduleErrors(schedule));
  if (!schedule.includes('TZ')) return errors;
  if (!mayHaveZone) {
    const detail = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
    errors.push(invalid(path, schedule, detail));
  } else if (timeZone !== undefined) {
    const detail = 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
    errors.push(invalid(path, schedule, detail));
  }
  return errors;
}

function zoneErrors(zone: string | undefined): FieldError[] {
  const path = 'spec.timeZone';
  if (zone === undefined) return [];
  if (zone === '') return [invalid(path, zone, 'timeZone must be nil or non-empty string')];
  const isPart = (part: string) => part !== '.' && part !== '..' && ZONE_PART.test(part);
  if (!zone.split('/').every(isPart)) return [invalid(path, zone, `unknown time zone ${zone}`)];
  if (zone.toLowerCase() === 'local') {
    const detail =
      'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    return [invalid(path, zone, detail)];
  }
  const text = zoneText(zone);
  return text === undefined ? [] : [invalid(path, zone, text)];
}

function jobTemplateErrors(template: JobTemplateSpec | undefined): FieldError[] {
  const path = 'spec.jobTemplate.spec';
  const spec = template?.spec ?? ({} as JobSpec);
  const errors = validateJobSpec(spec, path);
  if (spec.selector !== undefined)
    errors.push(
      invalid(
        `${path}.selector`,
        shownSelector(spec.selector),
        '`selector` will be auto-generated',
      ),
    );
  if (spec.manualSelector === true)
    errors.push(notSupported(`${path}.manualSelector`, true, ['nil', 'false'], 'as given'));
  return errors;
}

function policyErrors(policy = ''): FieldError[] {
  const path = 'spec.concurrencyPolicy';
  if (policy === '') return [required(path)];
  return POLICIES.includes(policy) ? [] : [notSupported(path, policy, POLICIES)];
}

function specErrors(spec: CronJobSpec, old?: CronJobSpec): FieldError[] {
  return [
    ...scheduleFieldErrors(spec, old?.schedule?.includes('TZ') ?? false),
    ...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds),
    ...(old === undefined || old.timeZone !== spec.timeZone ? zoneErrors(spec.timeZone) : []),
    ...policyErrors(spec.concurrencyPolicy),
    ...jobTemplateErrors(spec.jobTemplate),
    ...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit),
    ...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit),
  ];
}

/** validateCronJobCreate checks a new cron job that has its defaults; names leave room for a time. */
export function validateCronJobCreate({ metadata, spec }: CronJob): FieldError[] {
  const { name = '' } = metadata;
  const errors = specErrors(spec ?? ({} as CronJobSpec));
  if (name.length <= MAX_NAME_LENGTH) return errors;
  const detail = `must be no more than ${MAX_NAME_LENGTH} characters`;
  return [...errors, invalid('metadata.name', name, detail)];
}

/** validateCronJobUpdate checks a cron job that changes; what was wrong in it before may stay. */
export function validateCronJobUpdate(job: CronJob, old: CronJob): FieldError[] {
  return specErrors(job.spec ?? ({} as CronJobSpec), old.spec);
}
