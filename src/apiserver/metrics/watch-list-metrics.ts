import type { Observations } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { ResourceType } from '../../machinery/object.ts';

const SECONDS = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 15, 20, 30, 45, 60];

/** WatchListMetrics measures streaming lists, up to the bookmark that ends what there was. */
export class WatchListMetrics {
  readonly #duration: Family<Observations>;

  constructor(registry: MetricRegistry) {
    const group = new MetricGroup(registry, 'apiserver_');
    this.#duration = group.histogram(
      'watch_list_duration_seconds',
      {
        help: 'Response latency distribution in seconds for watch list requests broken by group, version, resource and scope.',
        labels: ['group', 'version', 'resource', 'scope'],
      },
      SECONDS,
    );
  }

  /** started begins to measure one; the answer is called when its bookmark was sent. */
  started({ group, version, resource }: ResourceType, namespace: string): () => void {
    const startedAt = performance.now();
    const scope = namespace === '' ? 'cluster' : 'namespace';
    return () => {
      const seconds = (performance.now() - startedAt) / 1000;
      this.#duration.with(group, version, resource, scope).observe(seconds);
    };
  }
}
