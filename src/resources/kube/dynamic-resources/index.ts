import {
  deviceId,
  validateResourceClaimStatusUpdate,
} from '../../../apis/resource.k8s.io/v1/claim-status-validation.ts';
import {
  validateResourceClaim,
  validateResourceClaimTemplate,
  validateResourceClaimTemplateUpdate,
  validateResourceClaimUpdate,
} from '../../../apis/resource.k8s.io/v1/claim-validation.ts';
import {
  validateDeviceClass,
  validateDeviceClassUpdate,
} from '../../../apis/resource.k8s.io/v1/class-validation.ts';
import {
  DEVICE_CLASS_COLUMNS,
  RESOURCE_CLAIM_COLUMNS,
  RESOURCE_CLAIM_TEMPLATE_COLUMNS,
  RESOURCE_SLICE_COLUMNS,
} from '../../../apis/resource.k8s.io/v1/columns.ts';
import {
  defaultResourceClaim,
  defaultResourceClaimTemplate,
  defaultResourceSlice,
} from '../../../apis/resource.k8s.io/v1/defaults.ts';
import {
  validateResourceSlice,
  validateResourceSliceUpdate,
} from '../../../apis/resource.k8s.io/v1/slice-validation.ts';
import {
  dropOfDeviceClass,
  dropOfResourceClaim,
  dropOfResourceClaimStatus,
  dropOfResourceClaimTemplate,
  dropOfResourceSlice,
} from '../../../apis/resource.k8s.io/v1/switched-off.ts';
import type {
  DeviceClass,
  ResourceClaim,
  ResourceClaimTemplate,
  ResourceSlice,
} from '../../../apis/resource.k8s.io/v1/types.ts';
import {
  DEVICE_CLASSES,
  RESOURCE_CLAIM_TEMPLATES,
  RESOURCE_CLAIMS,
  RESOURCE_SLICES,
} from '../../../apis/resource-types.ts';
import { goEqual, schemaOf } from '../../../apis/schema/index.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import { grantedAccessErrors, requestedAccessErrors } from './admin-access.ts';
import { deviceExpressionErrors } from './device-expressions.ts';

const deviceClass: ResourceDefinition<DeviceClass> = {
  type: DEVICE_CLASSES,
  definition: 'io.k8s.api.resource.v1.DeviceClass',
  columns: DEVICE_CLASS_COLUMNS,
  strategy: {
    returnsDeletedObject: true,
    hasGeneration: true,
    prepareForCreate: dropOfDeviceClass,
    prepareForUpdate: dropOfDeviceClass,
    validate: (one) => validateDeviceClass(one, deviceExpressionErrors),
    validateUpdate: (one, old) => validateDeviceClassUpdate(one, old, deviceExpressionErrors),
  },
};

/** A device that a claim has no more has no status there either. */
function forgetReleased(draft: ResourceClaim, old: ResourceClaim): void {
  const { status } = draft;
  if (!status?.devices) return;
  const now = new Set((status.allocation?.devices?.results ?? []).map(deviceId));
  const before = new Set((old.status?.allocation?.devices?.results ?? []).map(deviceId));
  const kept = status.devices.filter((one) => now.has(deviceId(one)) || !before.has(deviceId(one)));
  if (kept.length > 0) status.devices = kept;
  else delete status.devices;
}

function resourceClaim(client: Client): ResourceDefinition<ResourceClaim> {
  return {
    type: RESOURCE_CLAIMS,
    definition: 'io.k8s.api.resource.v1.ResourceClaim',
    columns: RESOURCE_CLAIM_COLUMNS,
    strategy: {
      returnsDeletedObject: true,
      hasStatus: true,
      defaults: defaultResourceClaim,
      prepareForCreate(draft) {
        delete draft.status;
        dropOfResourceClaim(draft);
      },
      prepareForUpdate: dropOfResourceClaim,
      prepareForStatusUpdate(draft, old) {
        forgetReleased(draft, old);
        dropOfResourceClaimStatus(draft.status);
      },
      checkOthers: (claim, old, subresource) => {
        if (!old) return requestedAccessErrors(client, claim.spec, claim.metadata.namespace);
        return subresource === 'status' ? grantedAccessErrors(client, claim, old) : undefined;
      },
      validate: (claim) => validateResourceClaim(claim, deviceExpressionErrors),
      validateUpdate: (claim, old) =>
        validateResourceClaimUpdate(claim, old, deviceExpressionErrors),
      validateStatusUpdate: validateResourceClaimStatusUpdate,
    },
    subresources: { status: { kind: 'status' } },
  };
}

function resourceClaimTemplate(client: Client): ResourceDefinition<ResourceClaimTemplate> {
  return {
    type: RESOURCE_CLAIM_TEMPLATES,
    definition: 'io.k8s.api.resource.v1.ResourceClaimTemplate',
    columns: RESOURCE_CLAIM_TEMPLATE_COLUMNS,
    strategy: {
      returnsDeletedObject: true,
      defaults: defaultResourceClaimTemplate,
      prepareForCreate: dropOfResourceClaimTemplate,
      prepareForUpdate: dropOfResourceClaimTemplate,
      checkOthers: ({ spec, metadata }, old) =>
        old ? undefined : requestedAccessErrors(client, spec?.spec, metadata.namespace),
      validate: (one) => validateResourceClaimTemplate(one, deviceExpressionErrors),
      validateUpdate: (one, old) =>
        validateResourceClaimTemplateUpdate(one, old, deviceExpressionErrors),
    },
  };
}

const SLICE_SPEC = schemaOf('io.k8s.api.resource.v1.ResourceSliceSpec');

const resourceSlice: ResourceDefinition<ResourceSlice> = {
  type: RESOURCE_SLICES,
  definition: 'io.k8s.api.resource.v1.ResourceSlice',
  columns: RESOURCE_SLICE_COLUMNS,
  strategy: {
    returnsDeletedObject: true,
    hasGeneration: true,
    ratchets: true,
    metadataOnUpdate: 'changes',
    defaults: defaultResourceSlice,
    prepareForCreate: dropOfResourceSlice,
    prepareForUpdate(draft, old) {
      // Upstream counts what it then drops as a change.
      if (!goEqual(SLICE_SPEC, draft.spec, old.spec))
        draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
      dropOfResourceSlice(draft);
    },
    validate: validateResourceSlice,
    validateUpdate: validateResourceSliceUpdate,
    selectableFields: ({ spec }) => ({
      'spec.nodeName': spec?.nodeName ?? '',
      'spec.driver': spec?.driver ?? '',
    }),
    unknownField: (field) =>
      `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`,
  },
};

/** dynamicResourceDefinitions declare the resources of resource.k8s.io. */
export function dynamicResourceDefinitions(client: Client): readonly ResourceDefinition[] {
  return [
    deviceClass,
    resourceClaim(client),
    resourceClaimTemplate(client),
    resourceSlice,
  ] as readonly ResourceDefinition[];
}
