import { JOB_COLUMNS } from '../../../apis/batch/v1/columns.ts';
import { defaultJob } from '../../../apis/batch/v1/defaults.ts';
import { validateJobStatus } from '../../../apis/batch/v1/job-status-validation.ts';
import {
  JOB_LABELS,
  validateJob,
  validateJobUpdate,
} from '../../../apis/batch/v1/job-validation.ts';
import type { Job } from '../../../apis/batch/v1/types.ts';
import { dropOfTemplate } from '../../../apis/core/v1/switched-off.ts';
import { JOBS } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { podNameWarnings, templateWarnings } from '../apps/workload.ts';

/** generateSelector lets a job find its pods by its uid, unless the user said how. */
function generateSelector({ metadata, spec }: Job): void {
  if (spec === undefined || spec.manualSelector) return;
  spec.template ??= {};
  spec.template.metadata ??= {};
  const { name = '', uid = '' } = metadata;
  const labels = { ...spec.template.metadata.labels };
  // Labels that were taken over from the template take over also what is added to those.
  const follows = semanticEqual(metadata.labels ?? {}, labels);
  for (const key of JOB_LABELS.name) labels[key] ??= name;
  for (const key of JOB_LABELS.uid) labels[key] ??= uid;
  spec.template.metadata.labels = labels;
  if (follows) metadata.labels = { ...labels };
  spec.selector ??= {};
  spec.selector.matchLabels = { [JOB_LABELS.uid[1]]: uid, ...spec.selector.matchLabels };
}

/** jobDefinition declares jobs (batch/v1). */
export const jobDefinition: ResourceDefinition<Job> = {
  type: JOBS,
  definition: 'io.k8s.api.batch.v1.Job',
  categories: ['all'],
  columns: JOB_COLUMNS,
  strategy: {
    hasStatus: true,
    statusChangesMetadata: true,
    hasGeneration: true,
    orphanWarning:
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
    defaults: defaultJob,
    prepareForCreate(draft) {
      generateSelector(draft);
      draft.status = {};
      dropOfTemplate(draft.spec?.template);
    },
    prepareForUpdate: ({ spec }) => dropOfTemplate(spec?.template),
    validate: validateJob,
    validateUpdate: validateJobUpdate,
    validateStatusUpdate: validateJobStatus,
    warnings: (job, old, subresource) => [
      ...(old === undefined ? podNameWarnings(job) : []),
      ...templateWarnings(job, old, subresource),
    ],
    unknownField: (field) => `field label ${JSON.stringify(field)} not supported for Job`,
    selectableFields: (job) => ({ 'status.successful': String(job.status?.succeeded ?? 0) }),
  },
  subresources: { status: { kind: 'status' } },
};
