import type { ObjectMeta } from '../../../machinery/meta/v1.ts';
import {
  ageColumn,
  column,
  nameColumn,
  type PrinterColumn,
  wideColumn,
} from '../../printer-column.ts';
import type { ClusterRole, Role, RoleRef, Subject } from './types.ts';

interface Binding {
  readonly metadata: ObjectMeta;
  readonly roleRef: RoleRef;
  readonly subjects?: Subject[];
}

function subjects(binding: Binding, kind: string): string {
  const found = (binding.subjects ?? []).filter((one) => one.kind === kind);
  return found
    .map(({ name, namespace }) =>
      kind === 'ServiceAccount' && namespace ? `${namespace}/${name}` : name,
    )
    .join(', ');
}

/** bindingColumns are the columns of `kubectl get rolebindings` and `clusterrolebindings`. */
export function bindingColumns<T extends Binding>(): readonly PrinterColumn<T>[] {
  return [
    nameColumn(),
    column(
      'Role',
      'The role that the subjects have.',
      ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
    ),
    ageColumn(),
    wideColumn('Users', 'Users in the roleBinding', (one) => subjects(one, 'User')),
    wideColumn('Groups', 'Groups in the roleBinding', (one) => subjects(one, 'Group')),
    wideColumn('ServiceAccounts', 'ServiceAccounts in the roleBinding', (one) =>
      subjects(one, 'ServiceAccount'),
    ),
  ];
}

/** roleColumns are the columns of `kubectl get roles` and `clusterroles`. */
export function roleColumns<T extends Role | ClusterRole>(): readonly PrinterColumn<T>[] {
  return [
    nameColumn(),
    {
      name: 'Created At',
      type: 'date',
      description: 'When the role was created.',
      cell: (role) => role.metadata.creationTimestamp ?? '',
    },
  ];
}
