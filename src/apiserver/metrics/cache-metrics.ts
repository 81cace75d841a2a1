import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { CacheHub } from '../cache/cache-hub.ts';
import { MAX_EVENTS } from '../cache/event-history.ts';
import type { ListCounts, ResourceCache } from '../cache/resource-cache.ts';

const RESOURCE = ['group', 'resource'];

/** CacheMetric is a metric with a value for each cache. */
interface CacheMetric {
  readonly name: string;
  readonly help: string;
  readonly isGauge?: true;
  /** By which index lists were served; there is none, so the label is empty. */
  readonly hasIndex?: true;
  /** Undefined: there is nothing to tell. */
  of(cache: ResourceCache, hub: CacheHub): number | undefined;
}

/** A resource that was never listed has no such metrics. */
function listed(source: 'cached' | 'past', field: keyof ListCounts): CacheMetric['of'] {
  return ({ counts }) => (counts[source].lists > 0 ? counts[source][field] : undefined);
}

const events: CacheMetric['of'] = ({ counts }) => (counts.events > 0 ? counts.events : undefined);

const OF_THREAD: readonly CacheMetric[] = [
  {
    name: 'apiserver_registered_watchers',
    help: 'Number of currently registered watchers for a given resource.',
    isGauge: true,
    of: ({ watchers }) => watchers.size,
  },
  {
    name: 'apiserver_cache_list_total',
    help: 'Number of LIST requests served from watch cache',
    hasIndex: true,
    of: listed('cached', 'lists'),
  },
  {
    name: 'apiserver_cache_list_fetched_objects_total',
    help: 'Number of objects read from watch cache in the course of serving a LIST request',
    hasIndex: true,
    of: listed('cached', 'looked'),
  },
  {
    name: 'apiserver_cache_list_returned_objects_total',
    help: 'Number of objects returned for a LIST request from watch cache',
    of: listed('cached', 'answered'),
  },
  {
    name: 'apiserver_storage_list_total',
    help: 'Number of LIST requests served from storage',
    of: listed('past', 'lists'),
  },
  {
    name: 'apiserver_storage_list_fetched_objects_total',
    help: 'Number of objects read from storage in the course of serving a LIST request',
    of: listed('past', 'looked'),
  },
  {
    name: 'apiserver_storage_list_evaluated_objects_total',
    help: 'Number of objects tested in the course of serving a LIST request from storage',
    of: listed('past', 'looked'),
  },
  {
    name: 'apiserver_storage_list_returned_objects_total',
    help: 'Number of objects returned for a LIST request from storage',
    of: listed('past', 'answered'),
  },
];

const OF_ALL_THREADS: readonly CacheMetric[] = [
  {
    name: 'apiserver_storage_events_received_total',
    help: 'Number of etcd events received split by kind.',
    of: events,
  },
  {
    name: 'apiserver_watch_cache_events_received_total',
    help: 'Counter of events received in watch cache broken by resource type.',
    of: events,
  },
  {
    name: 'apiserver_watch_cache_events_dispatched_total',
    help: 'Counter of events dispatched in watch cache broken by resource type.',
    of: events,
  },
  {
    name: 'apiserver_watch_cache_initializations_total',
    help: 'Counter of watch cache initializations broken by resource type.',
    of: ({ counts }) => counts.loads,
  },
  {
    name: 'apiserver_watch_cache_resource_version',
    help: 'Current resource version of watch cache broken by resource type.',
    isGauge: true,
    of: (_cache, hub) => hub.revision,
  },
  {
    name: 'watch_cache_capacity',
    help: 'Total capacity of watch cache broken by resource type.',
    isGauge: true,
    of: () => MAX_EVENTS,
  },
];

/** watchMetrics tells, of this thread, how many watches are open and what lists were made of. */
export function watchMetrics(registry: MetricRegistry, hub: CacheHub): void {
  tellOfEach(registry, hub, OF_THREAD);
}

/** cacheMetrics tells of the caches what is the same in all threads: events, revisions, capacity. */
export function cacheMetrics(registry: MetricRegistry, hub: CacheHub): void {
  tellOfEach(registry, hub, OF_ALL_THREADS);
}

/** tellOfEach sets metrics to what is known of each cache when somebody asks. */
function tellOfEach(
  registry: MetricRegistry,
  hub: CacheHub,
  metrics: readonly CacheMetric[],
): void {
  const group = new MetricGroup(registry, '');
  const told = metrics.map(({ name, help, isGauge, hasIndex, of }) => {
    const described = { help, labels: hasIndex ? [...RESOURCE, 'index'] : RESOURCE };
    const family = isGauge ? group.gauge(name, described) : group.counter(name, described);
    return { family, more: hasIndex ? [''] : [], of };
  });
  group.onCollect(() => {
    for (const { family } of told) family.clear();
    for (const cache of hub.caches()) {
      const { group: name, resource } = cache.type;
      for (const { family, more, of } of told) {
        const value = of(cache, hub);
        if (value !== undefined) family.with(name, resource, ...more).set(value);
      }
    }
  });
}
