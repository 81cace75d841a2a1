import type { MeterOf, QueueState } from '../../controller-kit/work-queue.ts';
import { exponentialBuckets, MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

const SECONDS = exponentialBuckets(10e-9, 10, 10);
const LABELS = ['name'];

/** queueMetrics counts what controllers do, under the names of Kubernetes' work queues. */
export function queueMetrics(registry: MetricRegistry): MeterOf {
  const group = new MetricGroup(registry, 'workqueue_');
  const described = (help: string) => ({ help, labels: LABELS });
  const adds = group.counter('adds_total', described('Total number of adds handled by workqueue'));
  const retries = group.counter(
    'retries_total',
    described('Total number of retries handled by workqueue'),
  );
  const wait = group.histogram(
    'queue_duration_seconds',
    described('How long in seconds an item stays in workqueue before being requested.'),
    SECONDS,
  );
  const work = group.histogram(
    'work_duration_seconds',
    described('How long in seconds processing an item from workqueue takes.'),
    SECONDS,
  );
  const depth = group.gauge('depth', described('Current depth of workqueue'));
  const unfinished = group.gauge(
    'unfinished_work_seconds',
    described(
      "How many seconds of work has done that is in progress and hasn't been observed by work_duration. Large values indicate stuck threads. One can deduce the number of stuck threads by observing the rate at which this increases.",
    ),
  );
  const longest = group.gauge(
    'longest_running_processor_seconds',
    described('How many seconds has the longest running processor for workqueue been running.'),
  );
  const queues = new Map<string, QueueState>();
  group.onCollect(() => {
    for (const [name, queue] of queues) {
      const now = performance.now();
      const running = [...queue.runningSince()].map((since) => (now - since) / 1000);
      depth.with(name).set(queue.length);
      unfinished.with(name).set(running.reduce((sum, one) => sum + one, 0));
      longest.with(name).set(Math.max(0, ...running));
    }
  });
  return (name, queue) => {
    queues.set(name, queue);
    const [added, retried] = [adds.with(name), retries.with(name)];
    const [waited, worked] = [wait.with(name), work.with(name)];
    return {
      added: () => added.inc(),
      retried: () => retried.inc(),
      taken: (ms) => waited.observe(ms / 1000),
      done: (ms) => worked.observe(ms / 1000),
    };
  };
}
