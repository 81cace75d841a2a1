import {
  ageColumn,
  column,
  nameColumn,
  numberColumn,
  type PrinterColumn,
} from '../../printer-column.ts';
import type {
  CSIDriver,
  CSINode,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from './types.ts';

/** DEFAULT_CLASS_ANNOTATIONS mark the class of claims that name none. */
const DEFAULT_CLASS_ANNOTATIONS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
] as const;

/** isDefaultClass tells whether a storage class is marked as the default. */
export function isDefaultClass({ metadata }: StorageClass): boolean {
  return DEFAULT_CLASS_ANNOTATIONS.some((key) => metadata.annotations?.[key] === 'true');
}

function flag<T>(
  name: string,
  description: string,
  cell: (object: T) => boolean,
): PrinterColumn<T> {
  return { name, type: 'boolean', description, cell };
}

/** STORAGE_CLASS_COLUMNS are the columns of `kubectl get storageclasses`. */
export const STORAGE_CLASS_COLUMNS: readonly PrinterColumn<StorageClass>[] = [
  {
    ...nameColumn<StorageClass>(),
    cell: (one) => `${one.metadata.name}${isDefaultClass(one) ? ' (default)' : ''}`,
  },
  column(
    'Provisioner',
    'provisioner indicates the type of the provisioner.',
    (one) => one.provisioner,
  ),
  column(
    'ReclaimPolicy',
    'What becomes of the volumes of the class when their claims go.',
    (one) => one.reclaimPolicy ?? 'Delete',
  ),
  column(
    'VolumeBindingMode',
    'When claims get their volumes.',
    (one) => one.volumeBindingMode ?? 'Immediate',
  ),
  {
    name: 'AllowVolumeExpansion',
    type: 'string',
    description: 'allowVolumeExpansion shows whether the storage class allow volume expand.',
    cell: (one) => one.allowVolumeExpansion ?? false,
  },
  ageColumn(),
];

/** CSI_DRIVER_COLUMNS are the columns of `kubectl get csidrivers`. */
export const CSI_DRIVER_COLUMNS: readonly PrinterColumn<CSIDriver>[] = [
  nameColumn(),
  flag(
    'AttachRequired',
    'Whether volumes must be attached to nodes.',
    ({ spec }) => spec.attachRequired ?? true,
  ),
  flag(
    'PodInfoOnMount',
    'Whether the driver is told about pods.',
    ({ spec }) => spec.podInfoOnMount ?? false,
  ),
  flag(
    'StorageCapacity',
    'Whether the scheduler heeds the capacity that the driver reports.',
    ({ spec }) => spec.storageCapacity ?? false,
  ),
  column('TokenRequests', 'The audiences of the tokens that the driver gets.', ({ spec }) =>
    spec.tokenRequests === undefined
      ? '<unset>'
      : spec.tokenRequests.map(({ audience }) => audience).join(','),
  ),
  flag(
    'RequiresRepublish',
    'Whether volumes are published again and again.',
    ({ spec }) => spec.requiresRepublish ?? false,
  ),
  column(
    'Modes',
    'The kinds of volumes that the driver supports.',
    ({ spec }) => (spec.volumeLifecycleModes ?? []).join(',') || '<none>',
  ),
  ageColumn(),
];

/** CSI_NODE_COLUMNS are the columns of `kubectl get csinodes`. */
export const CSI_NODE_COLUMNS: readonly PrinterColumn<CSINode>[] = [
  nameColumn(),
  numberColumn(
    'Drivers',
    'Drivers indicates the number of CSI drivers registered on the node',
    ({ spec }) => (spec.drivers ?? []).length,
  ),
  ageColumn(),
];

/** VOLUME_ATTACHMENT_COLUMNS are the columns of `kubectl get volumeattachments`. */
export const VOLUME_ATTACHMENT_COLUMNS: readonly PrinterColumn<VolumeAttachment>[] = [
  nameColumn(),
  {
    name: 'Attacher',
    type: 'string',
    format: 'name',
    description: 'The driver that attaches the volume.',
    cell: ({ spec }) => spec.attacher,
  },
  column(
    'PV',
    'persistentVolumeName represents the name of the persistent volume to attach.',
    ({ spec }) => spec.source.persistentVolumeName ?? '',
  ),
  column(
    'Node',
    'nodeName represents the node that the volume should be attached to.',
    ({ spec }) => spec.nodeName,
  ),
  flag('Attached', 'Whether the volume is attached.', ({ status }) => status?.attached ?? false),
  ageColumn(),
];

/** VOLUME_ATTRIBUTES_CLASS_COLUMNS are the columns of `kubectl get volumeattributesclasses`. */
export const VOLUME_ATTRIBUTES_CLASS_COLUMNS: readonly PrinterColumn<VolumeAttributesClass>[] = [
  nameColumn(),
  column('DriverName', 'Name of the CSI driver This field is immutable.', (one) => one.driverName),
  ageColumn(),
];
