import { NODE_COLUMNS } from '../../apis/core/v1/columns.ts';
import { defaultNode } from '../../apis/core/v1/defaults.ts';
import { validateNode, validateNodeUpdate } from '../../apis/core/v1/node-validation.ts';
import type { Node } from '../../apis/core/v1/types.ts';
import { NODES } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';

/** nodeDefinition declares nodes; an agent may create its own with a status. */
export const nodeDefinition: ResourceDefinition<Node> = {
  type: NODES,
  definition: 'io.k8s.api.core.v1.Node',
  shortNames: ['no'],
  columns: NODE_COLUMNS,
  strategy: {
    hasStatus: true,
    defaults: defaultNode,
    validate: validateNode,
    validateUpdate: validateNodeUpdate,
    selectableFields: (node) => ({
      'spec.unschedulable': String(node.spec?.unschedulable ?? false),
    }),
  },
  subresources: { status: { kind: 'status' } },
};
