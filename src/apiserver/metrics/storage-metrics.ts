import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { CacheHub } from '../cache/cache-hub.ts';

/** storageMetrics tells how many objects of each resource are stored, and how many watches are open. */
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
  const watchers = registry.gauge({
    name: 'apiserver_registered_watchers',
    help: '[ALPHA] Number of currently registered watchers for a given resource.',
    labels: ['group', 'resource'],
  });
  registry.onCollect(() => {
    for (const one of [objects, newer, watchers]) one.clear();
    for (const cache of hub.caches()) {
      const { group, resource } = cache.type;
      objects.with(group === '' ? resource : `${resource}.${group}`).set(cache.size);
      newer.with(group, resource).set(cache.size);
      watchers.with(group, resource).set(cache.watchers.size);
    }
  });
}
