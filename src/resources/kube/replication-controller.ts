import { REPLICATION_CONTROLLER_COLUMNS } from '../../apis/core/v1/columns.ts';
import { defaultReplicationController } from '../../apis/core/v1/defaults.ts';
import {
  validateReplicationController,
  validateReplicationControllerStatus,
} from '../../apis/core/v1/replication-controller-validation.ts';
import { dropOfTemplate } from '../../apis/core/v1/switched-off.ts';
import type { ReplicationController } from '../../apis/core/v1/types.ts';
import { REPLICATION_CONTROLLERS } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import { selectorOfSet, selectorText } from '../../machinery/labels.ts';
import { podNameWarnings, templateWarnings } from './apps/workload.ts';

/** replicationControllerDefinition declares replicationcontrollers. */
export const replicationControllerDefinition: ResourceDefinition<ReplicationController> = {
  type: REPLICATION_CONTROLLERS,
  definition: 'io.k8s.api.core.v1.ReplicationController',
  shortNames: ['rc'],
  categories: ['all'],
  columns: REPLICATION_CONTROLLER_COLUMNS,
  strategy: {
    hasStatus: true,
    statusChangesMetadata: true,
    orphanWarning: '',
    hasGeneration: true,
    defaults: defaultReplicationController,
    prepareForCreate(draft) {
      draft.status = { replicas: 0 };
      dropOfTemplate(draft.spec?.template);
    },
    prepareForUpdate: ({ spec }) => dropOfTemplate(spec?.template),
    validate: validateReplicationController,
    validatesTwice: true,
    validateStatusUpdate: validateReplicationControllerStatus,
    warnings: (controller, old, subresource) => [
      ...(old === undefined ? podNameWarnings(controller) : []),
      ...templateWarnings(controller, old, subresource),
    ],
    selectableFields: (controller) => ({
      'status.replicas': String(controller.status?.replicas ?? 0),
    }),
  },
  subresources: {
    status: { kind: 'status' },
    scale: {
      kind: 'scale',
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      selector: (controller) => selectorText(selectorOfSet(controller.spec?.selector)),
    },
  },
};
