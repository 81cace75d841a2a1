import { CLASS_ANNOTATION } from '../../apis/core/v1/claim-validation.ts';
import type { PersistentVolumeClaim } from '../../apis/core/v1/types.ts';
import { STORAGE_CLASSES } from '../../apis/resource-types.ts';
import { isDefaultClass } from '../../apis/storage.k8s.io/v1/columns.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { Admission } from '../../apiserver/contracts.ts';
import { newest } from '../newest.ts';

/**
 * newDefaultStorageClass gives new claims that name no class the newest of the classes that are
 * marked as default: the DefaultStorageClass admission plugin.
 */
export function newDefaultStorageClass(deps: { cache(): CacheReader }): Admission {
  return {
    mutate({ type, operation, subresource, object }) {
      if (type.group !== '' || type.resource !== 'persistentvolumeclaims') return;
      if (operation !== 'CREATE' || subresource !== '') return;
      const claim = object as PersistentVolumeClaim;
      if (claim.metadata.annotations?.[CLASS_ANNOTATION] !== undefined) return;
      if (claim.spec === undefined || claim.spec.storageClassName !== undefined) return;
      const found = newest(deps.cache().list(STORAGE_CLASSES).filter(isDefaultClass));
      if (found?.metadata.name !== undefined) claim.spec.storageClassName = found.metadata.name;
    },
  };
}
