import { ageOf } from '../../../machinery/duration.ts';
import {
  ageColumn,
  column,
  nameColumn,
  type PrinterColumn,
  wideColumn,
} from '../../printer-column.ts';
import { podSummary } from './pod-summary.ts';
import type { Pod } from './types.ts';

function restarts(pod: Pod, now: Date): string {
  const { restarts: count, lastRestart } = podSummary(pod);
  return count > 0 && lastRestart !== '' ? `${count} (${ageOf(lastRestart, now)} ago)` : `${count}`;
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const met = gates.filter((gate) =>
    pod.status?.conditions?.some((one) => one.type === gate.conditionType && one.status === 'True'),
  );
  return `${met.length}/${gates.length}`;
}

/** POD_COLUMNS are the columns of `kubectl get pods`. */
export const POD_COLUMNS: readonly PrinterColumn<Pod>[] = [
  nameColumn(),
  column(
    'Ready',
    'The aggregate readiness state of this pod for accepting traffic.',
    (pod) => `${podSummary(pod).ready}/${podSummary(pod).total}`,
  ),
  column(
    'Status',
    'The aggregate status of the containers in this pod.',
    (pod) => podSummary(pod).status,
  ),
  column(
    'Restarts',
    'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    restarts,
  ),
  ageColumn(),
  wideColumn(
    'IP',
    'IP address allocated to the pod.',
    (pod) => pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || '<none>',
  ),
  wideColumn('Node', 'The node that the pod runs on.', (pod) => pod.spec?.nodeName || '<none>'),
  wideColumn(
    'Nominated Node',
    'The node that the pod waits for.',
    (pod) => pod.status?.nominatedNodeName || '<none>',
  ),
  wideColumn('Readiness Gates', 'Conditions that make the pod ready.', readinessGates),
];
