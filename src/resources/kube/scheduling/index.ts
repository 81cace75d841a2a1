import {
  defaultLease,
  LEASE_COLUMNS,
  validateLease,
} from '../../../apis/coordination.k8s.io/v1/lease.ts';
import type { Lease } from '../../../apis/coordination.k8s.io/v1/types.ts';
import {
  defaultRuntimeClass,
  RUNTIME_CLASS_COLUMNS,
  runtimeClassWarnings,
  validateRuntimeClass,
  validateRuntimeClassUpdate,
} from '../../../apis/node.k8s.io/v1/runtime-class.ts';
import type { RuntimeClass } from '../../../apis/node.k8s.io/v1/types.ts';
import { LEASES, PRIORITY_CLASSES, RUNTIME_CLASSES } from '../../../apis/resource-types.ts';
import {
  defaultPriorityClass,
  PRIORITY_CLASS_COLUMNS,
  validatePriorityClass,
  validatePriorityClassUpdate,
} from '../../../apis/scheduling.k8s.io/v1/priority-class.ts';
import type { PriorityClass } from '../../../apis/scheduling.k8s.io/v1/types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';

const priorityClass: ResourceDefinition<PriorityClass> = {
  type: PRIORITY_CLASSES,
  definition: 'io.k8s.api.scheduling.v1.PriorityClass',
  shortNames: ['pc'],
  columns: PRIORITY_CLASS_COLUMNS,
  strategy: {
    hasGeneration: true,
    metadataOnUpdate: 'changes',
    defaults: defaultPriorityClass,
    validateCreate: validatePriorityClass,
    validateUpdate: validatePriorityClassUpdate,
  },
};

const lease: ResourceDefinition<Lease> = {
  type: LEASES,
  definition: 'io.k8s.api.coordination.v1.Lease',
  writtenAnywhere: true,
  columns: LEASE_COLUMNS,
  strategy: {
    allowCreateOnUpdate: true,
    allowUnconditionalUpdate: false,
    metadataOnUpdate: 'plainChanges',
    defaults: defaultLease,
    prepareForCreate(draft) {
      delete draft.spec?.strategy;
      delete draft.spec?.preferredHolder;
    },
    prepareForUpdate(draft, old) {
      if (old.spec?.strategy === undefined) delete draft.spec?.strategy;
      if (old.spec?.preferredHolder === undefined) delete draft.spec?.preferredHolder;
    },
    validate: validateLease,
  },
};

const runtimeClass: ResourceDefinition<RuntimeClass> = {
  type: RUNTIME_CLASSES,
  definition: 'io.k8s.api.node.v1.RuntimeClass',
  columns: RUNTIME_CLASS_COLUMNS,
  strategy: {
    allowCreateOnUpdate: true,
    allowUnconditionalUpdate: false,
    plainFinalizers: true,
    defaults: defaultRuntimeClass,
    validate: validateRuntimeClass,
    validateUpdate: validateRuntimeClassUpdate,
    warnings: runtimeClassWarnings,
  },
};

/** schedulingDefinitions declare what decides where, when and by whom pods run. */
export const schedulingDefinitions = [
  priorityClass,
  lease,
  runtimeClass,
] as readonly ResourceDefinition[];
