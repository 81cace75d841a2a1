import { CRON_JOB_COLUMNS } from '../../../apis/batch/v1/columns.ts';
import {
  validateCronJobCreate,
  validateCronJobUpdate,
} from '../../../apis/batch/v1/cron-job-validation.ts';
import { defaultCronJob } from '../../../apis/batch/v1/defaults.ts';
import type { CronJob } from '../../../apis/batch/v1/types.ts';
import { podTemplateWarnings } from '../../../apis/core/v1/pod-warnings.ts';
import { dropOfTemplate } from '../../../apis/core/v1/switched-off.ts';
import { CRON_JOBS } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import { podNameWarnings } from '../apps/workload.ts';

function zoneWarnings(job: CronJob): string[] {
  if (!job.spec.schedule.includes('TZ')) return [];
  return [
    'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
  ];
}

function jobTemplateWarnings({ spec }: CronJob): string[] {
  return podTemplateWarnings(spec.jobTemplate?.spec?.template, 'spec.jobTemplate.spec.template.');
}

function dropSwitchedOff({ spec }: CronJob): void {
  dropOfTemplate(spec.jobTemplate?.spec?.template);
}

/** cronJobDefinition declares cronjobs (batch/v1). */
export const cronJobDefinition: ResourceDefinition<CronJob> = {
  type: CRON_JOBS,
  definition: 'io.k8s.api.batch.v1.CronJob',
  shortNames: ['cj'],
  categories: ['all'],
  columns: CRON_JOB_COLUMNS,
  strategy: {
    hasStatus: true,
    statusChangesMetadata: true,
    metadataOnUpdate: 'changes',
    metadataOnStatusUpdate: 'none',
    hasGeneration: true,
    defaults: defaultCronJob,
    prepareForCreate(draft) {
      draft.status = {};
      dropSwitchedOff(draft);
    },
    prepareForUpdate: dropSwitchedOff,
    validateCreate: validateCronJobCreate,
    validateUpdate: validateCronJobUpdate,
    warnings(job, old, subresource) {
      if (subresource !== '') return [];
      const same = old?.metadata.generation === job.metadata.generation;
      return [
        ...(old === undefined ? podNameWarnings(job) : []),
        ...(old === undefined || !same ? jobTemplateWarnings(job) : []),
        ...(old === undefined ? [] : zoneWarnings(job)),
      ];
    },
  },
  subresources: { status: { kind: 'status' } },
};
