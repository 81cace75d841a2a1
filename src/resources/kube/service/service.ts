import { SERVICE_COLUMNS } from '../../../apis/core/v1/columns.ts';
import type { Service } from '../../../apis/core/v1/types.ts';
import { ENDPOINTS, SERVICES } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import type { KubeDeps } from '../deps.ts';
import { serviceProxy } from '../proxy/proxy-subresources.ts';
import { ServiceAllocations } from './service-allocations.ts';
import { serviceStrategy } from './service-strategy.ts';

/** deleteEndpoints deletes the endpoints of a service that went, whoever made them, as upstream. */
async function deleteEndpoints({ client }: KubeDeps, { metadata }: Service): Promise<void> {
  const { namespace = '', name = '' } = metadata;
  // There need be none, and what keeps them from going does not bring the service back.
  await client.delete(ENDPOINTS, { namespace, name }).catch(() => undefined);
}

/** serviceDefinition declares services. */
export function serviceDefinition(deps: KubeDeps): ResourceDefinition<Service> {
  return {
    type: SERVICES,
    definition: 'io.k8s.api.core.v1.Service',
    shortNames: ['svc'],
    categories: ['all'],
    columns: SERVICE_COLUMNS,
    strategy: serviceStrategy(new ServiceAllocations(deps), (service) =>
      deleteEndpoints(deps, service),
    ),
    subresources: { status: { kind: 'status' }, proxy: serviceProxy(deps) },
  };
}
