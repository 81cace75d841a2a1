import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { CacheHub } from '../cache/cache-hub.ts';

/** storageMetrics tells how many objects of each resource are stored. */
export function storageMetrics(registry: MetricRegistry, hub: CacheHub): void {
  const objects = registry.gauge({
    name: 'apiserver_storage_objects',
    help: '[STABLE] [DEPRECATED, consider using apiserver_resource_objects instead] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
    labels: ['resource'],
  });
  const newer = registry.gauge({
    name: 'apiserver_resource_objects',
    help: '[ALPHA] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
    labels: ['group', 'resource'],
  });
  registry.onCollect(() => {
    for (const one of [objects, newer]) one.clear();
    for (const cache of hub.caches()) {
      const { group, resource } = cache.type;
      objects.with(group === '' ? resource : `${resource}.${group}`).set(cache.size);
      newer.with(group, resource).set(cache.size);
    }
  });
}

/** watchMetrics tells how many watches of each resource are open. */
export function watchMetrics(registry: MetricRegistry, hub: CacheHub): void {
  const watchers = registry.gauge({
    name: 'apiserver_registered_watchers',
    help: '[ALPHA] Number of currently registered watchers for a given resource.',
    labels: ['group', 'resource'],
  });
  registry.onCollect(() => {
    watchers.clear();
    for (const { type, watchers: found } of hub.caches()) {
      watchers.with(type.group, type.resource).set(found.size);
    }
  });
}
