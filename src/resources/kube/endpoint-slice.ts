import { ENDPOINT_SLICE_COLUMNS } from '../../apis/discovery.k8s.io/v1/columns.ts';
import { defaultEndpointSlice } from '../../apis/discovery.k8s.io/v1/defaults.ts';
import type { EndpointSlice } from '../../apis/discovery.k8s.io/v1/types.ts';
import {
  validateEndpointSlice,
  validateEndpointSliceUpdate,
} from '../../apis/discovery.k8s.io/v1/validation.ts';
import { ENDPOINT_SLICES } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';

/** endpointSliceDefinition declares endpointslices. */
export const endpointSliceDefinition: ResourceDefinition<EndpointSlice> = {
  type: ENDPOINT_SLICES,
  definition: 'io.k8s.api.discovery.v1.EndpointSlice',
  writtenAnywhere: true,
  columns: ENDPOINT_SLICE_COLUMNS,
  strategy: {
    defaults: defaultEndpointSlice,
    validate: validateEndpointSlice,
    validateUpdate: validateEndpointSliceUpdate,
    hasGeneration: true,
  },
};
