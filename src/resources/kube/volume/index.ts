import {
  claimWarnings,
  validateClaim,
  validateClaimStatus,
  validateClaimUpdate,
} from '../../../apis/core/v1/claim-validation.ts';
import {
  persistentVolumeWarnings,
  validatePersistentVolume,
  validatePersistentVolumeUpdate,
} from '../../../apis/core/v1/persistent-volume-validation.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../apis/core/v1/types.ts';
import { CLAIM_COLUMNS, PERSISTENT_VOLUME_COLUMNS } from '../../../apis/core/v1/volume-columns.ts';
import {
  alignDataSources,
  defaultClaim,
  defaultPersistentVolume,
} from '../../../apis/core/v1/volume-defaults.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';

const persistentVolume: ResourceDefinition<PersistentVolume> = {
  type: PERSISTENT_VOLUMES,
  definition: 'io.k8s.api.core.v1.PersistentVolume',
  shortNames: ['pv'],
  columns: PERSISTENT_VOLUME_COLUMNS,
  strategy: {
    hasStatus: true,
    statusChangesMetadata: true,
    returnsDeletedObject: true,
    metadataOnUpdate: 'rulesTwice',
    defaults: defaultPersistentVolume,
    prepareForCreate(draft, context) {
      draft.status = { phase: 'Pending', lastPhaseTransitionTime: timestampOf(context.now) };
    },
    prepareForStatusUpdate(draft, old, context) {
      draft.status = { ...draft.status };
      const { status } = draft;
      const before = old.status?.lastPhaseTransitionTime;
      const changed = status.phase !== old.status?.phase;
      const given = status.lastPhaseTransitionTime;
      if (!changed && given === undefined && before !== undefined)
        status.lastPhaseTransitionTime = before;
      if (changed && (given === undefined || given === before))
        status.lastPhaseTransitionTime = timestampOf(context.now);
    },
    validate: validatePersistentVolume,
    validatesTwice: true,
    validateUpdate: validatePersistentVolumeUpdate,
    warnings: (draft, _old, subresource) =>
      subresource === '' ? persistentVolumeWarnings(draft) : [],
  },
  subresources: { status: { kind: 'status' } },
};

const claim: ResourceDefinition<PersistentVolumeClaim> = {
  type: PERSISTENT_VOLUME_CLAIMS,
  definition: 'io.k8s.api.core.v1.PersistentVolumeClaim',
  shortNames: ['pvc'],
  columns: CLAIM_COLUMNS,
  strategy: {
    hasStatus: true,
    statusChangesMetadata: true,
    returnsDeletedObject: true,
    metadataOnUpdate: 'allTwice',
    defaults: defaultClaim,
    prepareForCreate(draft) {
      draft.status = { phase: 'Pending' };
      if (draft.spec !== undefined) alignDataSources(draft.spec, undefined);
    },
    prepareForUpdate(draft, old) {
      if (draft.spec !== undefined) alignDataSources(draft.spec, old.spec);
    },
    validate: validateClaim,
    validatesTwice: true,
    validateUpdate: validateClaimUpdate,
    validateStatusUpdate: validateClaimStatus,
    warnings: (draft, _old, subresource) => (subresource === '' ? claimWarnings(draft) : []),
  },
  subresources: { status: { kind: 'status' } },
};

/** volumeDefinitions declare volumes and claims to them. */
export const volumeDefinitions = [persistentVolume, claim] as readonly ResourceDefinition[];
