import {
  ageColumn,
  column,
  nameColumn,
  type PrinterColumn,
  wideColumn,
} from '../../printer-column.ts';
import type { Node } from './types.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function status(node: Node): string {
  const ready = node.status?.conditions?.find((one) => one.type === 'Ready');
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable ? `${word},SchedulingDisabled` : word;
}

function roles(node: Node): string {
  const names = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length)
      names.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value !== '') names.add(value);
  }
  return [...names].sort().join(',') || '<none>';
}

function address(type: string): (node: Node) => string {
  return (node) => node.status?.addresses?.find((one) => one.type === type)?.address ?? '<none>';
}

/** NODE_COLUMNS are the columns of `kubectl get nodes`. */
export const NODE_COLUMNS: readonly PrinterColumn<Node>[] = [
  nameColumn(),
  column('Status', 'The status of the node', status),
  column('Roles', 'The roles of the node', roles),
  ageColumn(),
  column(
    'Version',
    'The version that the node reports.',
    (node) => node.status?.nodeInfo?.kubeletVersion ?? '',
  ),
  wideColumn('Internal-IP', 'Its address inside the cluster.', address('InternalIP')),
  wideColumn('External-IP', 'Its address from outside.', address('ExternalIP')),
  wideColumn(
    'OS-Image',
    'The operating system.',
    (node) => node.status?.nodeInfo?.osImage || '<unknown>',
  ),
  wideColumn(
    'Kernel-Version',
    'The kernel.',
    (node) => node.status?.nodeInfo?.kernelVersion || '<unknown>',
  ),
  wideColumn(
    'Container-Runtime',
    'The container engine.',
    (node) => node.status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
  ),
];
