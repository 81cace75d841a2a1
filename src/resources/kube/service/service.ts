import { SERVICE_COLUMNS } from '../../../apis/core/v1/columns.ts';
import type { Service } from '../../../apis/core/v1/types.ts';
import { SERVICES } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import type { KubeDeps } from '../deps.ts';
import { serviceProxy } from '../proxy/proxy-subresources.ts';
import { ServiceAllocations } from './service-allocations.ts';
import { serviceStrategy } from './service-strategy.ts';

/** serviceDefinition declares services. */
export function serviceDefinition(deps: KubeDeps): ResourceDefinition<Service> {
  return {
    type: SERVICES,
    definition: 'io.k8s.api.core.v1.Service',
    shortNames: ['svc'],
    categories: ['all'],
    columns: SERVICE_COLUMNS,
    strategy: serviceStrategy(new ServiceAllocations(deps)),
    subresources: { status: { kind: 'status' }, proxy: serviceProxy(deps) },
  };
}
