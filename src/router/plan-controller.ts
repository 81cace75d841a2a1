import type { Service } from '../apis/core/v1/types.ts';
import type { EndpointSlice } from '../apis/discovery.k8s.io/v1/types.ts';
import { ENDPOINT_SLICES, ROUTES, SERVICES } from '../apis/resource-types.ts';
import { type Controller, type Informers, source } from '../controller-kit/controller.ts';
import { objectKey } from '../machinery/object.ts';
import { type PlannedRoute, planRoutes } from './plan/route-plan.ts';

const EVERYTHING = ['routes'];
const BY_SERVICE = 'router-service';
const BY_TARGET = 'router-target';

/**
 * newPlanController makes the controller that plans all routes whenever one of them, or a service
 * or endpoint behind one, has changed, and hands the plan to `apply`.
 */
export function newPlanController(
  informers: Informers,
  domain: string,
  apply: (routes: readonly PlannedRoute[]) => Promise<void>,
): Controller {
  const routes = informers.informer(ROUTES);
  const services = informers.informer(SERVICES);
  const slices = informers.informer(ENDPOINT_SLICES);
  slices.addIndex(BY_SERVICE, (slice) => [serviceKey(slice)]);
  routes.addIndex(BY_TARGET, ({ spec, metadata }) =>
    [spec.to, ...(spec.alternateBackends ?? [])].map(({ name }) => `${metadata.namespace}/${name}`),
  );
  const wanted = (key: string) => (routes.byIndex(BY_TARGET, key).length > 0 ? EVERYTHING : []);
  return {
    name: 'router',
    sources: [
      source(ROUTES, () => EVERYTHING),
      source<Service>(SERVICES, (service) => wanted(objectKey(service))),
      source<EndpointSlice>(ENDPOINT_SLICES, (slice) => wanted(serviceKey(slice))),
    ],
    async reconcile() {
      const plan = planRoutes(routes.list(), {
        domain,
        service: (key) => services.get(key),
        slices: (key) => slices.byIndex(BY_SERVICE, key),
      });
      await apply(plan);
      return undefined;
    },
  };
}

function serviceKey({ metadata }: EndpointSlice): string {
  return `${metadata.namespace}/${metadata.labels?.['kubernetes.io/service-name']}`;
}
