import {
  defaultLimitRange,
  defaultResourceQuota,
} from '../../apis/core/v1/limit-range-defaults.ts';
import { validateLimitRange } from '../../apis/core/v1/limit-range-validation.ts';
import {
  validateResourceQuota,
  validateResourceQuotaStatus,
  validateResourceQuotaUpdate,
} from '../../apis/core/v1/resource-quota-validation.ts';
import type { LimitRange, ResourceQuota } from '../../apis/core/v1/types.ts';
import { RESOURCE_QUOTA_COLUMNS } from '../../apis/core/v1/volume-columns.ts';
import { LIMIT_RANGES, RESOURCE_QUOTAS } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';

const limitRange: ResourceDefinition<LimitRange> = {
  type: LIMIT_RANGES,
  definition: 'io.k8s.api.core.v1.LimitRange',
  shortNames: ['limits'],
  strategy: {
    allowCreateOnUpdate: true,
    metadataOnUpdate: 'rules',
    defaults: defaultLimitRange,
    prepareForCreate(draft) {
      if (!draft.metadata.name) draft.metadata.name = draft.metadata.uid ?? '';
    },
    validate: validateLimitRange,
  },
};

const resourceQuota: ResourceDefinition<ResourceQuota> = {
  type: RESOURCE_QUOTAS,
  definition: 'io.k8s.api.core.v1.ResourceQuota',
  shortNames: ['quota'],
  columns: RESOURCE_QUOTA_COLUMNS,
  strategy: {
    hasStatus: true,
    statusChangesMetadata: true,
    returnsDeletedObject: true,
    metadataOnUpdate: 'changes',
    defaults: defaultResourceQuota,
    prepareForCreate(draft) {
      draft.status = {};
    },
    prepareForStatusUpdate(draft) {
      draft.status ??= {};
    },
    validate: validateResourceQuota,
    validateUpdate: validateResourceQuotaUpdate,
    validateStatusUpdate: validateResourceQuotaStatus,
  },
  subresources: { status: { kind: 'status' } },
};

/** quotaDefinitions declare what bounds the objects of a namespace. */
export const quotaDefinitions = [limitRange, resourceQuota] as readonly ResourceDefinition[];
