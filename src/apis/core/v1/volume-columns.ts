import {
  ageColumn,
  column,
  nameColumn,
  type PrinterColumn,
  wideColumn,
} from '../../printer-column.ts';
import { CLASS_ANNOTATION } from './claim-validation.ts';
import type { PersistentVolume, PersistentVolumeClaim, ResourceQuota } from './types.ts';

const MODES: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

function modes(list: readonly string[] = []): string {
  const known = MODES.filter(([mode]) => list.includes(mode));
  return known.map(([, short]) => short).join(',');
}

/** classOf is the storage class of a volume or claim; empty where it has none. */
export function classOf(one: PersistentVolume | PersistentVolumeClaim): string {
  return one.metadata.annotations?.[CLASS_ANNOTATION] ?? one.spec?.storageClassName ?? '';
}

function phase(one: PersistentVolume | PersistentVolumeClaim): string {
  return one.metadata.deletionTimestamp ? 'Terminating' : (one.status?.phase ?? '');
}

/** PERSISTENT_VOLUME_COLUMNS are the columns of `kubectl get persistentvolumes`. */
export const PERSISTENT_VOLUME_COLUMNS: readonly PrinterColumn<PersistentVolume>[] = [
  nameColumn(),
  column('Capacity', 'How much the volume holds.', (one) => one.spec?.capacity?.storage ?? '0'),
  column('Access Modes', 'The ways in which it can be mounted.', (one) =>
    modes(one.spec?.accessModes),
  ),
  column(
    'Reclaim Policy',
    'What becomes of it when its claim goes.',
    (one) => one.spec?.persistentVolumeReclaimPolicy ?? '',
  ),
  column('Status', 'Whether it is available, bound or released.', phase),
  column('Claim', 'The claim that it is bound to.', ({ spec }) =>
    spec?.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name}`,
  ),
  column('StorageClass', 'StorageClass of the pv', classOf),
  column(
    'VolumeAttributesClass',
    'VolumeAttributesClass of the pv',
    (one) => one.spec?.volumeAttributesClassName ?? '<unset>',
  ),
  column('Reason', 'What failed, in a word.', (one) => one.status?.reason ?? ''),
  ageColumn(),
  wideColumn(
    'VolumeMode',
    'File system or block device.',
    (one) => one.spec?.volumeMode ?? '<unset>',
  ),
];

/** CLAIM_COLUMNS are the columns of `kubectl get persistentvolumeclaims`. */
export const CLAIM_COLUMNS: readonly PrinterColumn<PersistentVolumeClaim>[] = [
  nameColumn(),
  column('Status', 'phase represents the current phase of PersistentVolumeClaim.', phase),
  column(
    'Volume',
    'volumeName is the binding reference to the PersistentVolume backing this claim.',
    (one) => one.spec?.volumeName ?? '',
  ),
  column(
    'Capacity',
    'capacity represents the actual resources of the underlying volume.',
    ({ spec, status }) => (spec?.volumeName ? (status?.capacity?.storage ?? '0') : ''),
  ),
  column('Access Modes', 'The ways in which the volume can be mounted.', ({ spec, status }) =>
    spec?.volumeName ? modes(status?.accessModes) : '',
  ),
  column('StorageClass', 'StorageClass of the pvc', classOf),
  column(
    'VolumeAttributesClass',
    'VolumeAttributesClass of the pvc',
    (one) => one.spec?.volumeAttributesClassName ?? '<unset>',
  ),
  ageColumn(),
  wideColumn(
    'VolumeMode',
    'File system or block device.',
    (one) => one.spec?.volumeMode ?? '<unset>',
  ),
];

function usage({ status = {} }: ResourceQuota, isLimit: boolean): string {
  return Object.keys(status.hard ?? {})
    .sort()
    .filter((name) => name.startsWith('limits.') === isLimit)
    .map((name) => `${name}: ${status.used?.[name] ?? '0'}/${status.hard?.[name]}`)
    .join(', ');
}

/** RESOURCE_QUOTA_COLUMNS are the columns of `kubectl get resourcequotas`. */
export const RESOURCE_QUOTA_COLUMNS: readonly PrinterColumn<ResourceQuota>[] = [
  nameColumn(),
  column(
    'Request',
    'Request represents a minimum amount of cpu/memory that a container may consume.',
    (quota) => usage(quota, false),
  ),
  column(
    'Limit',
    'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
    (quota) => usage(quota, true),
  ),
  ageColumn(),
];
