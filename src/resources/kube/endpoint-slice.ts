import { ENDPOINT_SLICE_COLUMNS } from '../../apis/discovery.k8s.io/v1/columns.ts';
import { defaultEndpointSlice } from '../../apis/discovery.k8s.io/v1/defaults.ts';
import type { EndpointSlice } from '../../apis/discovery.k8s.io/v1/types.ts';
import {
  endpointSliceWarnings,
  validateEndpointSlice,
  validateEndpointSliceUpdate,
} from '../../apis/discovery.k8s.io/v1/validation.ts';
import { ENDPOINT_SLICES } from '../../apis/resource-types.ts';
import { goEqual, schemaOf } from '../../apis/schema/index.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';

const SLICE = schemaOf('io.k8s.api.discovery.v1.EndpointSlice');

/** What counts for the generation: labels too, other metadata not. */
function contentOf({ metadata: { labels }, ...content }: EndpointSlice): object {
  return { ...content, metadata: { labels } };
}

/** What v1beta1 said of the place of endpoints is dropped from v1. */
function dropTopology({ endpoints }: EndpointSlice): void {
  for (const one of endpoints ?? []) delete one.deprecatedTopology;
}

/** endpointSliceDefinition declares endpointslices. */
export const endpointSliceDefinition: ResourceDefinition<EndpointSlice> = {
  type: ENDPOINT_SLICES,
  definition: 'io.k8s.api.discovery.v1.EndpointSlice',
  writtenAnywhere: true,
  columns: ENDPOINT_SLICE_COLUMNS,
  strategy: {
    metadataOnUpdate: 'rules',
    defaults: defaultEndpointSlice,
    prepareForCreate: dropTopology,
    prepareForUpdate: dropTopology,
    validate: validateEndpointSlice,
    validateUpdate: validateEndpointSliceUpdate,
    hasGeneration: true,
    changesGeneration: (slice, old) => !goEqual(SLICE, contentOf(slice), contentOf(old)),
    warnings: (slice, old) => endpointSliceWarnings(slice, old),
  },
};
