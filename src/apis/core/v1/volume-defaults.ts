import { canonicalMilli } from './resource-list.ts';
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
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
  if (spec.hostPath) spec.hostPath.type ??= '';
  if (spec.iscsi) spec.iscsi.iscsiInterface ||= 'default';
  if (spec.rbd) {
    spec.rbd.pool ||= 'rbd';
    spec.rbd.user ||= 'admin';
    spec.rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (spec.azureDisk) {
    spec.azureDisk.cachingMode ??= 'ReadWrite';
    spec.azureDisk.kind ??= 'Shared';
    spec.azureDisk.fsType ??= 'ext4';
    spec.azureDisk.readOnly ??= false;
  }
  if (spec.scaleIO) {
    spec.scaleIO.storageMode ||= 'ThinProvisioned';
    spec.scaleIO.fsType ||= 'xfs';
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
