import { NODE_COLUMNS } from '../../apis/core/v1/columns.ts';
import { defaultNode } from '../../apis/core/v1/defaults.ts';
import {
  nodeWarnings,
  validateNode,
  validateNodeStatus,
  validateNodeUpdate,
} from '../../apis/core/v1/node-validation.ts';
import type { Node } from '../../apis/core/v1/types.ts';
import { NODES } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import type { KubeDeps } from './deps.ts';
import { nodeProxy } from './proxy/proxy-subresources.ts';

/** nodeDefinition declares nodes; an agent may create its own with a status. */
export function nodeDefinition(deps: KubeDeps): ResourceDefinition<Node> {
  return {
    type: NODES,
    definition: 'io.k8s.api.core.v1.Node',
    shortNames: ['no'],
    columns: NODE_COLUMNS,
    strategy: {
      hasStatus: true,
      statusChangesMetadata: true,
      defaults: defaultNode,
      // Nothing reads its configuration from there any more.
      prepareForCreate({ spec, status }) {
        delete spec?.configSource;
        delete status?.config;
      },
      prepareForUpdate({ spec }) {
        delete spec?.configSource;
      },
      prepareForStatusUpdate({ status }) {
        delete status?.config;
      },
      validate: validateNode,
      validateUpdate: validateNodeUpdate,
      validateStatusUpdate: validateNodeStatus,
      warnings: (node, _old, subresource) => (subresource === '' ? nodeWarnings(node) : []),
      selectableFields: (node) => ({
        'spec.unschedulable': String(node.spec?.unschedulable ?? false),
      }),
    },
    subresources: { status: { kind: 'status' }, proxy: nodeProxy(deps) },
  };
}
