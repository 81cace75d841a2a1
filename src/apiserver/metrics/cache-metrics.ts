import type { Value } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { CacheHub } from '../cache/cache-hub.ts';
import { MAX_EVENTS } from '../cache/event-history.ts';
import type { ListCounts, ResourceCache } from '../cache/resource-cache.ts';

const RESOURCE = ['group', 'resource'];

/** ofEach sets metrics to what is known of each cache when somebody asks. */
function ofEach(group: MetricGroup, hub: CacheHub, values: readonly CacheValue[]): void {
  group.onCollect(() => {
    for (const { family } of values) family.clear();
    for (const cache of hub.caches()) {
      const { group: name, resource } = cache.type;
      for (const { family, labels = [], of } of values) {
        const value = of(cache);
        if (value !== undefined) family.with(name, resource, ...labels).set(value);
      }
    }
  });
}

interface CacheValue {
  readonly family: Family<Value>;
  /** The values of further labels. */
  readonly labels?: readonly string[];
  /** Undefined: there is nothing to tell. */
  of(cache: ResourceCache): number | undefined;
}

/** watchMetrics tells, of this thread, how many watches are open and what lists were made of. */
export function watchMetrics(registry: MetricRegistry, hub: CacheHub): void {
  const group = new MetricGroup(registry, 'apiserver_');
  const counter = (name: string, help: string, labels = RESOURCE) =>
    group.counter(name, { help, labels });
  /** A resource that was never listed has no such metrics. */
  const listed = (of: (cache: ResourceCache) => ListCounts, field: keyof ListCounts) => {
    return (cache: ResourceCache) => (of(cache).lists > 0 ? of(cache)[field] : undefined);
  };
  const cached = ({ counts }: ResourceCache) => counts.cached;
  const past = ({ counts }: ResourceCache) => counts.past;
  const byIndex = [...RESOURCE, 'index'];
  ofEach(group, hub, [
    {
      family: group.gauge('registered_watchers', {
        help: 'Number of currently registered watchers for a given resource.',
        labels: RESOURCE,
      }),
      of: ({ watchers }) => watchers.size,
    },
    {
      family: counter(
        'cache_list_total',
        'Number of LIST requests served from watch cache',
        byIndex,
      ),
      labels: [''],
      of: listed(cached, 'lists'),
    },
    {
      family: counter(
        'cache_list_fetched_objects_total',
        'Number of objects read from watch cache in the course of serving a LIST request',
        byIndex,
      ),
      labels: [''],
      of: listed(cached, 'looked'),
    },
    {
      family: counter(
        'cache_list_returned_objects_total',
        'Number of objects returned for a LIST request from watch cache',
      ),
      of: listed(cached, 'answered'),
    },
    {
      family: counter('storage_list_total', 'Number of LIST requests served from storage'),
      of: listed(past, 'lists'),
    },
    {
      family: counter(
        'storage_list_fetched_objects_total',
        'Number of objects read from storage in the course of serving a LIST request',
      ),
      of: listed(past, 'looked'),
    },
    {
      family: counter(
        'storage_list_evaluated_objects_total',
        'Number of objects tested in the course of serving a LIST request from storage',
      ),
      of: listed(past, 'looked'),
    },
    {
      family: counter(
        'storage_list_returned_objects_total',
        'Number of objects returned for a LIST request from storage',
      ),
      of: listed(past, 'answered'),
    },
  ]);
}

/** cacheMetrics tells of the caches what is the same in all threads: events, revisions, capacity. */
export function cacheMetrics(registry: MetricRegistry, hub: CacheHub): void {
  const group = new MetricGroup(registry, '');
  const counter = (name: string, help: string) => group.counter(name, { help, labels: RESOURCE });
  const gauge = (name: string, help: string) => group.gauge(name, { help, labels: RESOURCE });
  const events = ({ counts }: ResourceCache) => (counts.events > 0 ? counts.events : undefined);
  ofEach(group, hub, [
    {
      family: counter(
        'apiserver_storage_events_received_total',
        'Number of etcd events received split by kind.',
      ),
      of: events,
    },
    {
      family: counter(
        'apiserver_watch_cache_events_received_total',
        'Counter of events received in watch cache broken by resource type.',
      ),
      of: events,
    },
    {
      family: counter(
        'apiserver_watch_cache_events_dispatched_total',
        'Counter of events dispatched in watch cache broken by resource type.',
      ),
      of: events,
    },
    {
      family: counter(
        'apiserver_watch_cache_initializations_total',
        'Counter of watch cache initializations broken by resource type.',
      ),
      of: ({ counts }) => counts.loads,
    },
    {
      family: gauge(
        'apiserver_watch_cache_resource_version',
        'Current resource version of watch cache broken by resource type.',
      ),
      of: () => hub.revision,
    },
    {
      family: gauge(
        'watch_cache_capacity',
        'Total capacity of watch cache broken by resource type.',
      ),
      of: () => MAX_EVENTS,
    },
  ]);
}
