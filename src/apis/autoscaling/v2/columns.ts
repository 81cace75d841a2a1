import { ageColumn, column, nameColumn, type PrinterColumn } from '../../printer-column.ts';
import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from './types.ts';

const SHOWN = 2;
const UNKNOWN = '<unknown>';

function amountText(target: MetricTarget, current: MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined)
    return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`;
  return `${current?.value ?? UNKNOWN}/${target.value ?? '<nil>'}`;
}

function resourceText(
  name: string,
  target: MetricTarget,
  current: MetricValueStatus | undefined,
): string {
  if (target.averageValue !== undefined)
    return `${name}: ${current?.averageValue ?? UNKNOWN}/${target.averageValue}`;
  const percent = (value: number | undefined, none: string) =>
    value === undefined ? none : `${value}%`;
  const now = percent(current?.averageUtilization, UNKNOWN);
  return `${name}: ${now}/${percent(target.averageUtilization, '<auto>')}`;
}

function metricText(spec: MetricSpec, status: MetricStatus | undefined): string {
  const { external, pods, object, resource, containerResource } = spec;
  if (spec.type === 'External' && external)
    return amountText(external.target, status?.external?.current);
  if (spec.type === 'Object' && object) return amountText(object.target, status?.object?.current);
  if (spec.type === 'Pods' && pods)
    return `${status?.pods?.current.averageValue ?? UNKNOWN}/${pods.target.averageValue}`;
  if (spec.type === 'Resource' && resource)
    return resourceText(resource.name, resource.target, status?.resource?.current);
  if (spec.type === 'ContainerResource' && containerResource) {
    const current = status?.containerResource?.current;
    return resourceText(containerResource.name, containerResource.target, current);
  }
  return '<unknown type>';
}

function targets({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const all = metrics.map((one, index) => metricText(one, status?.currentMetrics?.[index]));
  const shown = all.slice(0, SHOWN).join(', ');
  return all.length > SHOWN ? `${shown} + ${all.length - SHOWN} more...` : shown;
}

function countColumn(
  name: string,
  description: string,
  cell: (one: HorizontalPodAutoscaler) => number,
): PrinterColumn<HorizontalPodAutoscaler> {
  return { name, type: 'string', description, cell };
}

/** AUTOSCALER_COLUMNS are the columns of `kubectl get horizontalpodautoscalers`. */
export const AUTOSCALER_COLUMNS: readonly PrinterColumn<HorizontalPodAutoscaler>[] = [
  nameColumn(),
  column('Reference', 'What is scaled.', ({ spec: { scaleTargetRef: to } }) =>
    [to.kind, to.name].join('/'),
  ),
  column('Targets', 'What the metrics are, and should be.', targets),
  column('MinPods', 'The least number of pods.', ({ spec }) => `${spec.minReplicas ?? '<unset>'}`),
  countColumn('MaxPods', 'The largest number of pods.', ({ spec }) => spec.maxReplicas),
  countColumn('Replicas', 'The number of pods.', ({ status }) => status?.currentReplicas ?? 0),
  ageColumn(),
];
