import type { Value } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

/** AggregatorMetrics tells which APIServices answer, under the names of kube-aggregator. */
export class AggregatorMetrics {
  readonly #lost: Family<Value>;
  readonly #available = new Map<string, boolean>();

  constructor(registry: MetricRegistry) {
    const group = new MetricGroup(registry, 'aggregator_unavailable_');
    const gauge = group.gauge('apiservice', {
      help: 'Gauge of APIServices which are marked as unavailable broken down by APIService name.',
      labels: ['name'],
    });
    this.#lost = group.counter('apiservice_total', {
      help: 'Counter of APIServices which are marked as unavailable broken down by APIService name and reason.',
      labels: ['name', 'reason'],
    });
    group.onCollect(() => {
      gauge.clear();
      for (const [name, isAvailable] of this.#available) gauge.with(name).set(isAvailable ? 0 : 1);
    });
  }

  /** found tells whether the server of an APIService answered. */
  found(name: string, isAvailable: boolean): void {
    this.#available.set(name, isAvailable);
  }

  /** lost counts an APIService that was available and is no longer, with the reason of its condition. */
  lost(name: string, reason: string): void {
    this.#lost.with(name, reason).inc();
  }

  /** forget is told of an APIService that has been deleted. */
  forget(name: string): void {
    this.#available.delete(name);
    this.#lost.forget({ name });
  }
}
