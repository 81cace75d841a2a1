import type { MetricDescription, Observations, Value } from './metric.ts';
import type { Family, LabelValues, MetricRegistry } from './metric-registry.ts';

/** MetricStability is what upstream promises of a metric: its help text begins with it. */
export type MetricStability = 'ALPHA' | 'BETA' | 'STABLE';

/** GroupedMetric is what a metric is, beside its name; default stability: ALPHA. */
export interface GroupedMetric extends Pick<MetricDescription, 'help' | 'labels' | 'merge'> {
  readonly stability?: MetricStability;
}

/** GO_BUCKETS are the bounds of a histogram for which upstream names none, in seconds. */
const GO_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** exponentialBuckets are bounds that grow by a factor, computed as Go's client does. */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  const bounds: number[] = [];
  for (let bound = start; bounds.length < count; bound *= factor) bounds.push(bound);
  return bounds;
}

/** MetricGroup makes metrics whose names begin alike, described as Kubernetes describes its own. */
export class MetricGroup {
  readonly #registry: MetricRegistry;
  readonly #prefix: string;

  constructor(registry: MetricRegistry, prefix: string) {
    this.#registry = registry;
    this.#prefix = prefix;
  }

  counter(name: string, metric: GroupedMetric): Family<Value> {
    return this.#registry.counter(this.#described(name, metric));
  }

  gauge(name: string, metric: GroupedMetric): Family<Value> {
    return this.#registry.gauge(this.#described(name, metric));
  }

  histogram(
    name: string,
    metric: GroupedMetric,
    bounds: readonly number[] = GO_BUCKETS,
  ): Family<Observations> {
    return this.#registry.histogram(this.#described(name, metric), bounds);
  }

  /** onCollect calls back before the metrics are read. */
  onCollect(callback: () => void): void {
    this.#registry.onCollect(callback);
  }

  /** onForget calls back with what is forgotten: for those who keep children. */
  onForget(callback: (values: LabelValues) => void): void {
    this.#registry.onForget(callback);
  }

  #described(name: string, { help, stability = 'ALPHA', ...rest }: GroupedMetric) {
    return { name: this.#prefix + name, help: `[${stability}] ${help}`, ...rest };
  }
}
