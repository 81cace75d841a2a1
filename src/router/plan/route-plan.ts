import type { Service } from '../../apis/core/v1/types.ts';
import type { EndpointSlice } from '../../apis/discovery.k8s.io/v1/types.ts';
import type { Route } from '../../apis/route.openshift.io/v1/types.ts';
import { objectKey } from '../../machinery/object.ts';
import { claimHosts, routePath } from '../claims/host-claims.ts';
import { serviceEndpoints } from './endpoints.ts';
import { type BackendProfile, routeProfile } from './profile.ts';
import { type WeightedServer, weighServers } from './weights.ts';

/** Exposure is how a request over plain HTTP is answered, and whether TLS is. */
export interface Exposure {
  readonly http: 'serve' | 'redirect' | 'refuse';
  readonly https: boolean;
}

/** PlannedRoute is what HAProxy must serve for one admitted route. */
export interface PlannedRoute {
  /** Host and path with a slash at the end: a request belongs to the longest that begins it. */
  readonly entry: string;
  readonly profile: BackendProfile;
  readonly exposure: Exposure;
  readonly servers: readonly WeightedServer[];
}

/** PlanSources are where routes find their pods. */
export interface PlanSources {
  readonly domain: string;
  service(key: string): Service | undefined;
  slices(serviceKey: string): readonly EndpointSlice[];
}

/** planRoutes plans all admitted routes. */
export function planRoutes(
  routes: readonly Route[],
  sources: PlanSources,
): readonly PlannedRoute[] {
  const claims = claimHosts(routes, sources.domain);
  return routes.flatMap((route) => {
    const claim = claims.get(objectKey(route));
    // TLS that the pods end themselves cannot be served by looking at requests.
    if (!claim?.admitted || route.spec.tls?.termination === 'passthrough') return [];
    return [
      {
        entry: routeEntry(claim.host, routePath(route)),
        profile: routeProfile(route),
        exposure: exposureOf(route),
        servers: routeServers(route, sources),
      },
    ];
  });
}

/** routeEntry is the key of a host and path in HAProxy's maps. */
export function routeEntry(host: string, path: string): string {
  return `${host.toLowerCase()}${path.replace(/\/+$/, '')}/`;
}

function exposureOf({ spec }: Route): Exposure {
  if (spec.tls === undefined) return { http: 'serve', https: false };
  switch (spec.tls.insecureEdgeTerminationPolicy) {
    case 'Allow':
      return { http: 'serve', https: true };
    case 'Redirect':
      return { http: 'redirect', https: true };
    default:
      return { http: 'refuse', https: true };
  }
}

function routeServers(route: Route, sources: PlanSources): readonly WeightedServer[] {
  const { spec, metadata } = route;
  const targets = [spec.to, ...(spec.alternateBackends ?? [])];
  return weighServers(
    targets.map(({ name, weight = 100 }) => {
      const key = `${metadata.namespace}/${name}`;
      const service = sources.service(key);
      const addresses =
        service === undefined
          ? []
          : serviceEndpoints(service, sources.slices(key), spec.port?.targetPort);
      return { weight, addresses };
    }),
  );
}
