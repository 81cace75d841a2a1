import {
  FLOW_SCHEMA_COLUMNS,
  PRIORITY_LEVEL_COLUMNS,
} from '../../../apis/flowcontrol.apiserver.k8s.io/v1/columns.ts';
import { conditionErrors } from '../../../apis/flowcontrol.apiserver.k8s.io/v1/condition-validation.ts';
import {
  defaultFlowSchema,
  defaultPriorityLevel,
} from '../../../apis/flowcontrol.apiserver.k8s.io/v1/defaults.ts';
import { validateFlowSchema } from '../../../apis/flowcontrol.apiserver.k8s.io/v1/flow-schema-validation.ts';
import { validatePriorityLevel } from '../../../apis/flowcontrol.apiserver.k8s.io/v1/priority-level-validation.ts';
import type {
  FlowSchema,
  PriorityLevelConfiguration,
} from '../../../apis/flowcontrol.apiserver.k8s.io/v1/types.ts';
import { FLOW_SCHEMAS, PRIORITY_LEVELS } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';

const SCHEMA = 'io.k8s.api.flowcontrol.v1';

const flowSchemaDefinition: ResourceDefinition<FlowSchema> = {
  type: FLOW_SCHEMAS,
  definition: `${SCHEMA}.FlowSchema`,
  columns: FLOW_SCHEMA_COLUMNS,
  strategy: {
    hasStatus: true,
    subresourceResetFields: { status: ['metadata'] },
    hasGeneration: true,
    metadataOnUpdate: 'rules',
    defaults: defaultFlowSchema,
    validate: validateFlowSchema,
    validateStatusUpdate: ({ status }) => conditionErrors(status?.conditions),
    prepareForCreate(draft) {
      draft.status = {};
    },
  },
  subresources: { status: { kind: 'status' } },
};

const priorityLevelDefinition: ResourceDefinition<PriorityLevelConfiguration> = {
  type: PRIORITY_LEVELS,
  definition: `${SCHEMA}.PriorityLevelConfiguration`,
  columns: PRIORITY_LEVEL_COLUMNS,
  strategy: {
    hasStatus: true,
    subresourceResetFields: { status: ['metadata'] },
    hasGeneration: true,
    metadataOnUpdate: 'rules',
    defaults: defaultPriorityLevel,
    validate: validatePriorityLevel,
    validateStatusUpdate: ({ status }) => conditionErrors(status?.conditions),
    prepareForCreate(draft) {
      draft.status = {};
    },
  },
  subresources: { status: { kind: 'status' } },
};

/** FLOW_CONTROL_DEFINITIONS are the kinds that say how requests share the server. */
export const FLOW_CONTROL_DEFINITIONS: readonly ResourceDefinition[] = [
  flowSchemaDefinition,
  priorityLevelDefinition,
];
