import { ENDPOINTS_COLUMNS } from '../../apis/core/v1/columns.ts';
import { defaultEndpoints } from '../../apis/core/v1/defaults.ts';
import { addressWarnings } from '../../apis/core/v1/ip-validation.ts';
import type { Endpoints } from '../../apis/core/v1/types.ts';
import { validateEndpoints } from '../../apis/core/v1/validation.ts';
import { ENDPOINTS } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import { indexPath } from '../../machinery/field-path.ts';

/** Writers are told of addresses that are written in odd ways (`warnOnBadIPs`). */
function endpointsWarnings({ metadata, subsets = [] }: Endpoints): string[] {
  // The controller knows how addresses are written.
  if (metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return [];
  const lists = ['addresses', 'notReadyAddresses'] as const;
  return subsets.flatMap((subset, index) =>
    lists.flatMap((list) =>
      (subset[list] ?? []).flatMap(({ ip }, at) =>
        addressWarnings(`${indexPath(`${indexPath('subsets', index)}.${list}`, at)}.ip`, ip),
      ),
    ),
  );
}

/** endpointsDefinition declares endpoints. */
export const endpointsDefinition: ResourceDefinition<Endpoints> = {
  type: ENDPOINTS,
  definition: 'io.k8s.api.core.v1.Endpoints',
  writtenAnywhere: true,
  shortNames: ['ep'],
  columns: ENDPOINTS_COLUMNS,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  strategy: {
    allowCreateOnUpdate: true,
    defaults: defaultEndpoints,
    validate: validateEndpoints,
    warnings: endpointsWarnings,
  },
};
