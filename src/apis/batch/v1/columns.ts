import { ageOf, humanDuration } from '../../../machinery/duration.ts';
import { selectorObjectText } from '../../../machinery/labels.ts';
import { containerColumns } from '../../core/v1/template-columns.ts';
import {
  ageColumn,
  column,
  nameColumn,
  numberColumn,
  type PrinterColumn,
  wideColumn,
} from '../../printer-column.ts';
import type { CronJob, Job } from './types.ts';

function completions({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function duration({ status }: Job, now: Date): string {
  if (!status?.startTime) return '';
  const end = status.completionTime ? Date.parse(status.completionTime) : now.getTime();
  return humanDuration(end - Date.parse(status.startTime));
}

const ENDED = ['Complete', 'Failed'];
const GOING = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

function state({ metadata, status }: Job): string {
  const isTrue = (type: string) =>
    status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
  const ended = ENDED.find(isTrue);
  if (ended) return ended;
  if (metadata.deletionTimestamp) return 'Terminating';
  return GOING.find(isTrue) ?? 'Running';
}

/** JOB_COLUMNS are the columns of `kubectl get jobs`. */
export const JOB_COLUMNS: readonly PrinterColumn<Job>[] = [
  nameColumn(),
  column('Status', 'Status of the job.', state),
  column('Completions', 'The number of pods that succeeded, of those that should.', completions),
  column('Duration', 'Time required to complete the job.', duration),
  ageColumn(),
  ...containerColumns<Job>((one) => one.spec?.template),
  wideColumn('Selector', 'The labels of the pods that it owns.', (one) =>
    selectorObjectText(one.spec?.selector),
  ),
];

/** CRON_JOB_COLUMNS are the columns of `kubectl get cronjobs`. */
export const CRON_JOB_COLUMNS: readonly PrinterColumn<CronJob>[] = [
  nameColumn(),
  column('Schedule', 'When jobs are made, as cron spells it.', (one) => one.spec.schedule),
  column('Timezone', 'Whose time the schedule means.', (one) => one.spec.timeZone ?? '<none>'),
  {
    name: 'Suspend',
    type: 'boolean',
    description: 'Whether no more jobs are made.',
    cell: (one) => (one.spec.suspend ? 'True' : 'False'),
  },
  numberColumn('Active', 'The number of jobs that run.', (one) => one.status?.active?.length ?? 0),
  column('Last Schedule', 'When a job was made last.', (one, now) =>
    one.status?.lastScheduleTime ? ageOf(one.status.lastScheduleTime, now) : '<none>',
  ),
  ageColumn(),
  ...containerColumns<CronJob>((one) => one.spec.jobTemplate?.spec?.template),
  wideColumn('Selector', 'The labels of the pods that its jobs own.', (one) =>
    selectorObjectText(one.spec.jobTemplate?.spec?.selector),
  ),
];
