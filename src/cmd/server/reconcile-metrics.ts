import type { ReconcileReport } from '../../controller-kit/manager.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

const SECONDS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.1, 1, 10];
const LABELS = ['name'];

/** reconcileMetrics counts what controllers do, under the names of Kubernetes' work queues. */
export function reconcileMetrics(registry: MetricRegistry): (report: ReconcileReport) => void {
  const counter = (name: string, help: string) =>
    registry.counter({ name: `workqueue_${name}`, help: `[ALPHA] ${help}`, labels: LABELS });
  const adds = counter('adds_total', 'Total number of adds handled by workqueue');
  const retries = counter('retries_total', 'Total number of retries handled by workqueue');
  const depth = registry.gauge({
    name: 'workqueue_depth',
    help: '[ALPHA] Current depth of workqueue',
    labels: LABELS,
  });
  const work = registry.histogram(
    {
      name: 'workqueue_work_duration_seconds',
      help: '[ALPHA] How long in seconds processing an item from workqueue takes.',
      labels: LABELS,
    },
    SECONDS,
  );
  return ({ controller, outcome, durationMs, queueLength }) => {
    adds.with(controller).inc();
    if (outcome === 'conflict' || outcome === 'failed') retries.with(controller).inc();
    depth.with(controller).set(queueLength);
    work.with(controller).observe(durationMs / 1000);
  };
}
