import type { Admission } from '../../apiserver/contracts.ts';

/** PROTECTION_FINALIZERS keep objects of storage while they are in use, by group and resource. */
const PROTECTION_FINALIZERS: Readonly<Record<string, string>> = {
  '/persistentvolumes': 'kubernetes.io/pv-protection',
  '/persistentvolumeclaims': 'kubernetes.io/pvc-protection',
  'storage.k8s.io/volumeattributesclasses': 'kubernetes.io/vac-protection',
};

/**
 * newStorageProtection gives new volumes, claims and classes of attributes a finalizer that goes
 * when nothing uses them: the StorageObjectInUseProtection admission plugin.
 */
export function newStorageProtection(): Admission {
  return {
    mutate({ type, operation, subresource, object }) {
      if (operation !== 'CREATE' || subresource !== '' || object === undefined) return;
      const finalizer = PROTECTION_FINALIZERS[`${type.group}/${type.resource}`];
      const { metadata } = object;
      if (finalizer === undefined || metadata.finalizers?.includes(finalizer)) return;
      metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
    },
  };
}
