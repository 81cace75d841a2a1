import type { Observations, Value } from '../../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../../machinery/metrics/metric-group.ts';
import type { Family, MetricRegistry } from '../../../machinery/metrics/metric-registry.ts';
import type { ClaimResult, NumberPool } from './number-pool.ts';

interface AllocatorNames {
  readonly prefix: string;
  /** `ips` or `ports`. */
  readonly plural: string;
  /** What help texts call them. */
  readonly words: readonly [gauge: string, counter: string];
  /** What all metrics say of the allocator. */
  readonly labels: Readonly<Record<string, string>>;
}

/** addressNames are the names of what counts cluster addresses of a range. */
export const addressNames = (cidr: string): AllocatorNames => ({
  prefix: 'kube_apiserver_clusterip_allocator_',
  plural: 'ips',
  words: ['IPs', 'Cluster IPs'],
  labels: { cidr },
});

/** NODE_PORTS are the names of what counts node ports. */
export const NODE_PORTS: AllocatorNames = {
  prefix: 'kube_apiserver_nodeport_allocator_',
  plural: 'ports',
  words: ['NodePorts', 'NodePort'],
  labels: {},
};

/** AllocatorMetrics counts the numbers that services get, under the names of kube-apiserver. */
export class AllocatorMetrics {
  readonly #values: readonly string[];
  readonly #made: Family<Value>;
  readonly #failed: Family<Value>;
  readonly #duration: Observations | undefined;

  constructor(registry: MetricRegistry, pool: NumberPool, names: AllocatorNames) {
    const { plural, words, labels } = names;
    const [many, counted] = words;
    const group = new MetricGroup(registry, names.prefix);
    const own = Object.keys(labels);
    this.#values = Object.values(labels);
    const gauge = (name: string) =>
      group
        .gauge(`${name}_${plural}`, {
          help: `Gauge measuring the number of ${name} ${many} for Services`,
          labels: own,
        })
        .with(...this.#values);
    const [allocated, available] = [gauge('allocated'), gauge('available')];
    group.onCollect(() => {
      const { used, free } = pool.counts();
      allocated.set(used);
      available.set(free);
    });
    const scoped = [...own, 'scope'];
    this.#made = group.counter('allocation_total', {
      help: `Number of ${counted} allocations`,
      labels: scoped,
    });
    this.#failed = group.counter('allocation_errors_total', {
      help: `Number of errors trying to allocate ${counted}`,
      labels: scoped,
    });
    this.#duration =
      own.length === 0
        ? undefined
        : group
            .histogram('allocation_duration_seconds', {
              help: 'Duration in seconds to allocate a Cluster IP by ServiceCIDR',
              labels: own,
            })
            .with(...this.#values);
  }

  /** counted does one allocation and counts it; `static`: of a number that was asked for. */
  counted<T extends ClaimResult | number | undefined>(
    scope: 'static' | 'dynamic',
    allocate: () => T,
  ): T {
    const startedAt = performance.now();
    const got = allocate();
    this.#duration?.observe((performance.now() - startedAt) / 1000);
    const isGood = got === 'ok' || typeof got === 'number';
    (isGood ? this.#made : this.#failed).with(...this.#values, scope).inc();
    return got;
  }
}
