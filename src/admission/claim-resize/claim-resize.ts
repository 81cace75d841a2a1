import { amountsOf } from '../../apis/core/v1/resource-amounts.ts';
import type { PersistentVolumeClaim } from '../../apis/core/v1/types.ts';
import { classOf } from '../../apis/core/v1/volume-columns.ts';
import { STORAGE_CLASSES } from '../../apis/resource-types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { Admission } from '../../apiserver/contracts.ts';
import { newRefusal } from '../refusal.ts';

function sizeOf(claim: PersistentVolumeClaim): bigint {
  return amountsOf(claim.spec?.resources?.requests).get('storage')?.nano ?? 0n;
}

/**
 * newClaimResize lets only bound claims grow, and only where their storage class allows it: the
 * PersistentVolumeClaimResize admission plugin.
 */
export function newClaimResize(deps: { cache(): CacheReader }): Admission {
  return {
    validate(request) {
      const { type, operation, subresource, object, old } = request;
      if (type.group !== '' || type.resource !== 'persistentvolumeclaims') return;
      if (operation !== 'UPDATE' || subresource !== '') return;
      const [claim, before] = [object as PersistentVolumeClaim, old as PersistentVolumeClaim];
      if (sizeOf(claim) <= sizeOf(before)) return;
      if (before.status?.phase !== 'Bound')
        throw newRefusal(request, 'Only bound persistent volume claims can be expanded');
      const className = classOf(claim);
      const same = className !== '' && classOf(before) === className;
      if (same && deps.cache().get(STORAGE_CLASSES, '', className)?.allowVolumeExpansion) return;
      const text =
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
      throw newRefusal(request, text);
    },
  };
}
