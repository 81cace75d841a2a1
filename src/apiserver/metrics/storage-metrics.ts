import type { Observations, Value } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { ResourceType } from '../../machinery/object.ts';
import type { CacheHub, WriteReport } from '../cache/cache-hub.ts';

const RESOURCE = ['group', 'resource'];
const LATENCY = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45,
  60,
];

/** storageMetrics tells how many objects of each resource are stored, and how large they are. */
export function storageMetrics(registry: MetricRegistry, hub: CacheHub): void {
  const group = new MetricGroup(registry, 'apiserver_');
  const error = 'In case of a fetching error, the value will be -1.';
  const counted = `Number of stored objects at the time of last check split by kind. ${error}`;
  const objects = group.gauge('storage_objects', {
    stability: 'STABLE',
    help: `[DEPRECATED, consider using apiserver_resource_objects instead] ${counted}`,
    labels: ['resource'],
  });
  const newer = group.gauge('resource_objects', { help: counted, labels: RESOURCE });
  const sizes = group.gauge('resource_size_estimate_bytes', {
    help: `Estimated size of stored objects in database. Estimate is based on sum of last observed sizes of serialized objects. ${error}`,
    labels: RESOURCE,
  });
  group.onCollect(() => {
    for (const one of [objects, newer, sizes]) one.clear();
    for (const { type, size, sizeBytes } of hub.caches()) {
      const { group: name, resource } = type;
      objects.with(name === '' ? resource : `${resource}.${name}`).set(size);
      newer.with(name, resource).set(size);
      sizes.with(name, resource).set(sizeBytes);
    }
  });
}

interface OneOperation {
  readonly requests: Value;
  readonly duration: Observations;
}

/** StoreMetrics counts requests to the store under the names that upstream has for those to etcd. */
export class StoreMetrics {
  readonly #requests: Family<Value>;
  readonly #durations: Family<Observations>;
  readonly #known = new WeakMap<ResourceType, Map<string, OneOperation>>();

  constructor(registry: MetricRegistry) {
    const group = new MetricGroup(registry, 'etcd_');
    const labels = ['operation', ...RESOURCE];
    this.#requests = group.counter('requests_total', {
      help: 'Etcd request counts for each operation and object type.',
      labels,
    });
    const durations = {
      help: 'Etcd request latency in seconds for each operation and object type.',
      labels,
    };
    this.#durations = group.histogram('request_duration_seconds', durations, LATENCY);
  }

  /** written counts a write. */
  written({ type, operation, ms }: WriteReport): void {
    const { requests, duration } = this.#of(type, operation);
    requests.inc();
    duration.observe(ms / 1000);
  }

  #of(type: ResourceType, operation: string): OneOperation {
    let operations = this.#known.get(type);
    if (!operations) {
      operations = new Map();
      this.#known.set(type, operations);
    }
    let found = operations.get(operation);
    if (!found) {
      const labels = [operation, type.group, type.resource];
      found = {
        requests: this.#requests.with(...labels),
        duration: this.#durations.with(...labels),
      };
      operations.set(operation, found);
    }
    return found;
  }
}
