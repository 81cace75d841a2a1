import { canonicalMilli } from './resource-list.ts';
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  Volume,
} from './types.ts';

/** defaultPersistentVolume keeps a volume when its claim goes, and makes it a file system. */
export function defaultPersistentVolume(volume: PersistentVolume): void {
  volume.status ??= {};
  volume.status.phase ||= 'Pending';
  volume.spec ??= {};
  const { spec } = volume;
  spec.persistentVolumeReclaimPolicy ||= 'Retain';
  spec.volumeMode ??= 'Filesystem';
  if (spec.capacity) spec.capacity = canonicalMilli(spec.capacity);
  defaultSources(spec);
}

/** SharedSources are the sources that volumes of pods and of the cluster have in common. */
type SharedSources = Pick<Volume, 'hostPath' | 'azureDisk'> & {
  readonly iscsi?: { iscsiInterface?: string };
  readonly rbd?: { pool?: string; user?: string; keyring?: string };
  readonly scaleIO?: { storageMode?: string; fsType?: string };
};

/** defaultSources fills in what drivers of volumes want to know. */
export function defaultSources({ hostPath, iscsi, rbd, azureDisk, scaleIO }: SharedSources): void {
  if (hostPath) hostPath.type ??= '';
  if (iscsi) iscsi.iscsiInterface ||= 'default';
  if (rbd) {
    rbd.pool ||= 'rbd';
    rbd.user ||= 'admin';
    rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.kind ??= 'Shared';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
  }
  if (scaleIO) {
    scaleIO.storageMode ||= 'ThinProvisioned';
    scaleIO.fsType ||= 'xfs';
  }
}

/** defaultClaimSpec makes a claim one of a file system. */
export function defaultClaimSpec(spec: PersistentVolumeClaimSpec): void {
  spec.volumeMode ??= 'Filesystem';
  spec.resources ??= {};
  const { resources } = spec;
  if (resources.requests) resources.requests = canonicalMilli(resources.requests);
  if (resources.limits) resources.limits = canonicalMilli(resources.limits);
}

/** defaultClaim makes a claim pending. */
export function defaultClaim(claim: PersistentVolumeClaim): void {
  claim.status ??= {};
  claim.status.phase ||= 'Pending';
  claim.spec ??= {};
  defaultClaimSpec(claim.spec);
  const { status } = claim;
  if (status.capacity) status.capacity = canonicalMilli(status.capacity);
  if (status.allocatedResources)
    status.allocatedResources = canonicalMilli(status.allocatedResources);
}

const SNAPSHOTS = 'snapshot.storage.k8s.io';

/**
 * alignDataSources makes the old and the new way to say what a claim is filled from say the same,
 * as upstream does; what the old way does not know is dropped where `old` had no source.
 */
export function alignDataSources(
  spec: PersistentVolumeClaimSpec,
  old: PersistentVolumeClaimSpec | undefined,
): void {
  if (spec.dataSourceRef?.namespace && old?.dataSourceRef === undefined) delete spec.dataSourceRef;
  const { dataSource } = spec;
  const inUse = old?.dataSource !== undefined || old?.dataSourceRef !== undefined;
  if (!inUse && spec.dataSourceRef === undefined && dataSource !== undefined) {
    const { apiGroup = '', kind } = dataSource;
    const known =
      (kind === 'PersistentVolumeClaim' && apiGroup === '') ||
      (kind === 'VolumeSnapshot' && apiGroup === SNAPSHOTS);
    if (!known) delete spec.dataSource;
  }
  if (spec.dataSource !== undefined && spec.dataSourceRef === undefined)
    spec.dataSourceRef = { ...spec.dataSource };
  else if (spec.dataSource === undefined && spec.dataSourceRef !== undefined) {
    const { namespace, ...rest } = spec.dataSourceRef;
    if (!namespace) spec.dataSource = rest;
  }
}
