import { formatDuration } from '../../../machinery/duration.ts';
import { agoText } from '../../image.openshift.io/v1/relative-time.ts';
import { column, nameColumn, type PrinterColumn } from '../../printer-column.ts';
import { strategyType } from './names.ts';
import type { Build, BuildConfig, BuildSource, CommonSpec } from './types.ts';

const NANOS_PER_MS = 1_000_000;

function shortRevision({ revision, source }: CommonSpec): string {
  const commit = revision?.git?.commit || source?.git?.ref || '';
  return /^[0-9a-fA-F]{21,}$/.test(commit) ? commit.slice(0, 7) : commit;
}

function sourceKinds(source: BuildSource): string {
  const kinds = [
    source.git && 'Git',
    source.dockerfile !== undefined && 'Dockerfile',
    source.binary && 'Binary',
  ];
  return kinds.filter(Boolean).join(',');
}

/** sourceText is the FROM cell: `Git@master`, `Git@abc1234`, `Binary`, `Dockerfile`. */
export function sourceText(spec: CommonSpec | undefined): string {
  const source = spec?.source ?? {};
  const revision = spec ? shortRevision(spec) : '';
  const at = (kind: string) => (revision === '' ? kind : `${kind}@${revision}`);
  if (source.binary) return at('Binary');
  if (source.dockerfile !== undefined && source.git) return at('Dockerfile,Git');
  if (source.dockerfile !== undefined) return 'Dockerfile';
  if (source.git) return at('Git');
  return sourceKinds(source);
}

/** statusText is the STATUS cell: the phase, and the reason where there is one. */
function statusText({ status }: Build): string {
  const phase = status?.phase ?? '';
  return status?.reason ? `${phase} (${status.reason})` : phase;
}

function durationText({ status }: Build): string {
  const nanos = status?.duration ?? 0;
  return nanos > 0 ? formatDuration(nanos / NANOS_PER_MS) : '';
}

/** BUILD_COLUMNS print Builds. */
export const BUILD_COLUMNS: readonly PrinterColumn<Build>[] = [
  nameColumn(),
  column('Type', 'Describes a particular way of performing a build.', ({ spec }) =>
    strategyType(spec?.strategy),
  ),
  column('From', 'source describes the SCM in use.', ({ spec }) => sourceText(spec)),
  column(
    'Status',
    'phase is the point in the build lifecycle. Possible values are "New", "Pending", "Running", "Complete", "Failed", "Error", and "Cancelled".',
    statusText,
  ),
  column(
    'Started',
    'startTimestamp is a timestamp representing the server time when this Build started running in a Pod. It is represented in RFC3339 form and is in UTC.',
    ({ status }, now) => (status?.startTimestamp ? agoText(status.startTimestamp, now) : ''),
  ),
  column('Duration', 'duration contains time.Duration object describing build time.', durationText),
];

/** BUILD_CONFIG_COLUMNS print BuildConfigs. */
export const BUILD_CONFIG_COLUMNS: readonly PrinterColumn<BuildConfig>[] = [
  nameColumn(),
  column('Type', 'Describes a particular way of performing a build.', ({ spec }) =>
    strategyType(spec.strategy),
  ),
  column('From', 'source describes the SCM in use.', ({ spec }) =>
    spec.strategy.customStrategy
      ? (spec.strategy.customStrategy.from.name ?? '')
      : sourceText(spec as CommonSpec),
  ),
  {
    name: 'Latest',
    type: 'string',
    description: 'lastVersion is used to inform about number of last triggered build.',
    cell: ({ status }) => status?.lastVersion ?? 0,
  },
];
