import { REPLICA_SET_COLUMNS } from '../../../apis/apps/v1/columns.ts';
import { defaultReplicaSet } from '../../../apis/apps/v1/defaults.ts';
import {
  validateReplicaSet,
  validateReplicaSetStatus,
  validateReplicaSetUpdate,
} from '../../../apis/apps/v1/replica-set-validation.ts';
import type { ReplicaSet } from '../../../apis/apps/v1/types.ts';
import { dropOfTemplate } from '../../../apis/core/v1/switched-off.ts';
import { REPLICA_SETS } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import { podNameWarnings, scaleByReplicas, templateWarnings } from './workload.ts';

/** replicaSetDefinition declares replicasets (apps/v1). */
export const replicaSetDefinition: ResourceDefinition<ReplicaSet> = {
  type: REPLICA_SETS,
  definition: 'io.k8s.api.apps.v1.ReplicaSet',
  shortNames: ['rs'],
  categories: ['all'],
  columns: REPLICA_SET_COLUMNS,
  strategy: {
    hasStatus: true,
    statusChangesMetadata: true,
    metadataOnUpdate: 'changes',
    hasGeneration: true,
    defaults: defaultReplicaSet,
    prepareForCreate(draft) {
      draft.status = { replicas: 0 };
      dropOfTemplate(draft.spec?.template);
    },
    prepareForUpdate: ({ spec }) => dropOfTemplate(spec?.template),
    prepareForStatusUpdate(draft) {
      delete draft.status?.terminatingReplicas;
    },
    validate: validateReplicaSet,
    validateUpdate: validateReplicaSetUpdate,
    validateStatusUpdate: validateReplicaSetStatus,
    warnings: (set, old, subresource) => [
      ...(old === undefined ? podNameWarnings(set) : []),
      ...templateWarnings(set, old, subresource),
    ],
  },
  subresources: {
    status: { kind: 'status' },
    scale: scaleByReplicas<ReplicaSet>(),
  },
};
