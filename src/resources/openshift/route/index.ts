import { ROUTES } from '../../../apis/resource-types.ts';
import { ROUTE_COLUMNS } from '../../../apis/route.openshift.io/v1/columns.ts';
import type { Route } from '../../../apis/route.openshift.io/v1/types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import { newRouteStrategy } from './strategy.ts';

/** RouteDeps is what the definition of routes needs. */
export interface RouteDeps {
  /** The domain below which hosts are generated. Default `apps.localhost`. */
  readonly routeDomain?: string;
}

/** routeDefinitions declares Route (route.openshift.io/v1). */
export function routeDefinitions({
  routeDomain = 'apps.localhost',
}: RouteDeps): ResourceDefinition[] {
  const definition: ResourceDefinition<Route> = {
    type: ROUTES,
    definition: 'com.github.openshift.api.route.v1.Route',
    categories: ['all'],
    columns: ROUTE_COLUMNS,
    strategy: newRouteStrategy(routeDomain),
    subresources: { status: { kind: 'status' } },
  };
  return [definition as ResourceDefinition];
}
