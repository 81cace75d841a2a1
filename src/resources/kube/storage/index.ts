import { defaultSources } from '../../../apis/core/v1/volume-defaults.ts';
import {
  CSI_DRIVERS,
  CSI_NODES,
  CSI_STORAGE_CAPACITIES,
  STORAGE_CLASSES,
  VOLUME_ATTACHMENTS,
  VOLUME_ATTRIBUTES_CLASSES,
} from '../../../apis/resource-types.ts';
import {
  validateNewVolumeAttachment,
  validateVolumeAttachment,
  validateVolumeAttachmentUpdate,
} from '../../../apis/storage.k8s.io/v1/attachment-validation.ts';
import {
  storageClassWarnings,
  validateStorageClass,
  validateStorageClassUpdate,
  validateVolumeAttributesClass,
  validateVolumeAttributesClassUpdate,
} from '../../../apis/storage.k8s.io/v1/class-validation.ts';
import {
  CSI_DRIVER_COLUMNS,
  CSI_NODE_COLUMNS,
  STORAGE_CLASS_COLUMNS,
  VOLUME_ATTACHMENT_COLUMNS,
  VOLUME_ATTRIBUTES_CLASS_COLUMNS,
} from '../../../apis/storage.k8s.io/v1/columns.ts';
import {
  csiStorageCapacityWarnings,
  validateCsiDriver,
  validateCsiDriverUpdate,
  validateCsiNode,
  validateCsiNodeUpdate,
  validateCsiStorageCapacity,
  validateCsiStorageCapacityUpdate,
} from '../../../apis/storage.k8s.io/v1/csi-validation.ts';
import {
  defaultCsiDriver,
  defaultCsiStorageCapacity,
  defaultStorageClass,
} from '../../../apis/storage.k8s.io/v1/defaults.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from '../../../apis/storage.k8s.io/v1/types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';

const storageClass: ResourceDefinition<StorageClass> = {
  type: STORAGE_CLASSES,
  definition: 'io.k8s.api.storage.v1.StorageClass',
  shortNames: ['sc'],
  columns: STORAGE_CLASS_COLUMNS,
  strategy: {
    returnsDeletedObject: true,
    defaults: defaultStorageClass,
    validate: validateStorageClass,
    validateUpdate: validateStorageClassUpdate,
    warnings: storageClassWarnings,
  },
};

const volumeAttributesClass: ResourceDefinition<VolumeAttributesClass> = {
  type: VOLUME_ATTRIBUTES_CLASSES,
  definition: 'io.k8s.api.storage.v1.VolumeAttributesClass',
  shortNames: ['vac'],
  columns: VOLUME_ATTRIBUTES_CLASS_COLUMNS,
  strategy: {
    metadataOnUpdate: 'allTwice',
    returnsDeletedObject: true,
    validate: validateVolumeAttributesClass,
    validateUpdate: validateVolumeAttributesClassUpdate,
  },
};

const csiDriver: ResourceDefinition<CSIDriver> = {
  type: CSI_DRIVERS,
  definition: 'io.k8s.api.storage.v1.CSIDriver',
  columns: CSI_DRIVER_COLUMNS,
  strategy: {
    returnsDeletedObject: true,
    hasGeneration: true,
    allowUnconditionalUpdate: false,
    metadataOnUpdate: 'changes',
    defaults: defaultCsiDriver,
    prepareForCreate(draft) {
      // Upstream counts changes of a driver from its first one.
      delete draft.metadata.generation;
      delete draft.spec.nodeAllocatableUpdatePeriodSeconds;
    },
    prepareForUpdate(draft, old) {
      if (old.spec.nodeAllocatableUpdatePeriodSeconds === undefined)
        delete draft.spec.nodeAllocatableUpdatePeriodSeconds;
    },
    validate: validateCsiDriver,
    validateUpdate: validateCsiDriverUpdate,
  },
};

const csiNode: ResourceDefinition<CSINode> = {
  type: CSI_NODES,
  definition: 'io.k8s.api.storage.v1.CSINode',
  columns: CSI_NODE_COLUMNS,
  strategy: {
    metadataOnUpdate: 'rulesTwice',
    returnsDeletedObject: true,
    allowUnconditionalUpdate: false,
    validate: validateCsiNode,
    validateUpdate: validateCsiNodeUpdate,
  },
};

const csiStorageCapacity: ResourceDefinition<CSIStorageCapacity> = {
  type: CSI_STORAGE_CAPACITIES,
  definition: 'io.k8s.api.storage.v1.CSIStorageCapacity',
  strategy: {
    allowUnconditionalUpdate: false,
    defaults: defaultCsiStorageCapacity,
    validate: validateCsiStorageCapacity,
    validateUpdate: validateCsiStorageCapacityUpdate,
    warnings: csiStorageCapacityWarnings,
  },
};

const volumeAttachment: ResourceDefinition<VolumeAttachment> = {
  type: VOLUME_ATTACHMENTS,
  definition: 'io.k8s.api.storage.v1.VolumeAttachment',
  columns: VOLUME_ATTACHMENT_COLUMNS,
  strategy: {
    metadataOnUpdate: 'rulesTwice',
    returnsDeletedObject: true,
    hasStatus: true,
    subresourceResetFields: { status: ['metadata'] },
    allowUnconditionalUpdate: false,
    defaults({ spec }) {
      const volume = spec?.source?.inlineVolumeSpec;
      if (volume) defaultSources(volume);
    },
    prepareForCreate(draft) {
      draft.status = { attached: false };
    },
    prepareForStatusUpdate(draft) {
      draft.status = { ...draft.status, attached: draft.status?.attached ?? false };
      // Codes of errors belong to a feature that is off.
      delete draft.status.attachError?.errorCode;
      delete draft.status.detachError?.errorCode;
    },
    validate: validateVolumeAttachment,
    validateCreate: validateNewVolumeAttachment,
    validateUpdate: validateVolumeAttachmentUpdate,
    validateStatusUpdate: (draft, old) => [
      ...validateVolumeAttachment(draft),
      ...validateVolumeAttachmentUpdate(draft, old),
    ],
  },
  subresources: { status: { kind: 'status' } },
};

/** storageDefinitions declare the resources of storage.k8s.io. */
export const storageDefinitions = [
  csiDriver,
  csiNode,
  csiStorageCapacity,
  storageClass,
  volumeAttachment,
  volumeAttributesClass,
] as readonly ResourceDefinition[];
