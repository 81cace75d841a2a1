import type { ComponentStatus } from '../../apis/core/v1/types.ts';
import { column, nameColumn, type PrinterColumn } from '../../apis/printer-column.ts';
import { nameSelection } from '../../apiserver/name-selection.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import { newNotFound } from '../../machinery/status-error.ts';

/** The parts of a control plane that clients ask for; all of them live in this process. */
const COMPONENTS = ['controller-manager', 'etcd-0', 'scheduler'];

function healthy(name: string): ComponentStatus {
  return {
    apiVersion: 'v1',
    kind: 'ComponentStatus',
    metadata: { name },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  };
}

const condition = (one: ComponentStatus) => one.conditions?.find(({ type }) => type === 'Healthy');

const COLUMNS: readonly PrinterColumn<ComponentStatus>[] = [
  nameColumn(),
  column('Status', 'Status of the component conditions', (one) => {
    const found = condition(one);
    if (found === undefined) return 'Unknown';
    return found.status === 'True' ? 'Healthy' : 'Unhealthy';
  }),
  column('Message', 'Message of the component conditions', (one) => condition(one)?.message ?? ''),
  column('Error', 'Error of the component conditions', (one) => condition(one)?.error ?? ''),
];

/** componentStatusDefinition declares what an answer of this server shows to be well. */
export const componentStatusDefinition: ResourceDefinition<ComponentStatus> = {
  type: {
    group: '',
    version: 'v1',
    resource: 'componentstatuses',
    kind: 'ComponentStatus',
    namespaced: false,
  },
  definition: 'io.k8s.api.core.v1.ComponentStatus',
  shortNames: ['cs'],
  columns: COLUMNS,
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  storage: {
    async get(name) {
      if (!COMPONENTS.includes(name))
        throw newNotFound({ group: '', resource: 'componentstatus' }, name);
      return healthy(name);
    },
    async list(options) {
      const isSelected = nameSelection(options);
      return {
        apiVersion: 'v1',
        kind: 'ComponentStatusList',
        metadata: {},
        items: COMPONENTS.map(healthy).filter(isSelected),
      };
    },
  },
};
