import type { EndpointSlice } from '../../apis/discovery.k8s.io/v1/types.ts';
import { ENDPOINT_SLICES, SERVICES } from '../../apis/resource-types.ts';
import { type Controller, type Informers, source } from '../../controller-kit/controller.ts';
import { objectKey } from '../../machinery/object.ts';
import { EMPTY_PLAN, planService, type ServicePlan } from './service-plan.ts';
import type { ServiceTable } from './service-table.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
const BY_SERVICE = 'network-service';

/**
 * newServiceController makes the controller that keeps the service table equal to the Services and
 * EndpointSlices of the API. Its first reconcile replaces the whole table, with it what an earlier
 * process left behind.
 */
export function newServiceController(informers: Informers, table: ServiceTable): Controller {
  const services = informers.informer(SERVICES);
  const slices = informers.informer(ENDPOINT_SLICES);
  slices.addIndex(BY_SERVICE, (slice) => serviceKeys(slice));
  const plans = new Map<string, ServicePlan>();
  let first: Promise<void> | undefined;
  const plan = (key: string): ServicePlan => {
    const service = services.get(key);
    if (service === undefined) return EMPTY_PLAN;
    return planService(service, slices.byIndex(BY_SERVICE, key), plans.get(key));
  };
  const planAll = async (): Promise<void> => {
    for (const service of services.list()) plans.set(objectKey(service), plan(objectKey(service)));
    await table.replaceAll(plans);
  };
  return {
    name: 'service-vips',
    sources: [source(SERVICES, (one) => [objectKey(one)]), source(ENDPOINT_SLICES, serviceKeys)],
    // Keys that are reconciled at once share a transaction.
    concurrency: 32,
    async reconcile(key) {
      first ??= planAll().catch((error) => {
        first = undefined;
        throw error;
      });
      await first;
      const next = plan(key);
      if (services.get(key) === undefined) plans.delete(key);
      else plans.set(key, next);
      await table.set(key, next);
      return undefined;
    },
  };
}

function serviceKeys(slice: EndpointSlice): readonly string[] {
  const name = slice.metadata.labels?.[SERVICE_NAME_LABEL];
  return name === undefined ? [] : [`${slice.metadata.namespace ?? ''}/${name}`];
}
