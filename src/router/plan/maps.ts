import type { Ports } from '../router-options.ts';
import type { Layout } from './layout.ts';
import type { PlannedRoute } from './route-plan.ts';

/** MapName names one of the maps by which HAProxy decides about a request. */
export type MapName = 'http' | 'https' | 'redirect';

/** MAP_NAMES are all maps. */
export const MAP_NAMES = ['http', 'https', 'redirect'] as const satisfies readonly MapName[];

/** usedMaps are the maps that a configuration names; HAProxy knows no others. */
export function usedMaps(ports: Ports): readonly MapName[] {
  return ports.https === undefined ? ['http'] : MAP_NAMES;
}

/** RouteMaps are the content of all maps: entry to backend. */
export type RouteMaps = Readonly<Record<MapName, ReadonlyMap<string, string>>>;

/** routeMaps are the maps that send requests to the backends of a layout. */
export function routeMaps(routes: readonly PlannedRoute[], layout: Layout): RouteMaps {
  const backends = new Map(layout.backends.map((one) => [one.owner, one.name]));
  const maps = { http: new Map(), https: new Map(), redirect: new Map() } as Record<
    MapName,
    Map<string, string>
  >;
  for (const { entry, exposure } of routes) {
    const backend = backends.get(entry);
    if (backend === undefined) continue;
    if (exposure.http === 'serve') maps.http.set(entry, backend);
    if (exposure.http === 'redirect') maps.redirect.set(entry, backend);
    if (exposure.https) maps.https.set(entry, backend);
  }
  return maps;
}
