import { canonicalQuantity, isQuantity } from '../../../machinery/quantity.ts';
import type { CSIDriver, CSIStorageCapacity, StorageClass } from './types.ts';

/** defaultStorageClass deletes volumes with their claims and binds at once. */
export function defaultStorageClass(storageClass: StorageClass): void {
  storageClass.reclaimPolicy ??= 'Delete';
  storageClass.volumeBindingMode ??= 'Immediate';
}

/** defaultCsiDriver fills in what a driver says nothing about. */
export function defaultCsiDriver(driver: CSIDriver): void {
  driver.spec ??= {};
  const { spec } = driver;
  spec.attachRequired ??= true;
  spec.podInfoOnMount ??= false;
  spec.storageCapacity ??= false;
  spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
  if ((spec.volumeLifecycleModes ?? []).length === 0) spec.volumeLifecycleModes = ['Persistent'];
  spec.requiresRepublish ??= false;
  spec.seLinuxMount ??= false;
}

/** defaultCsiStorageCapacity prints amounts canonically. */
export function defaultCsiStorageCapacity(capacity: CSIStorageCapacity): void {
  for (const field of ['capacity', 'maximumVolumeSize'] as const) {
    const text = capacity[field];
    if (text !== undefined && isQuantity(text)) capacity[field] = canonicalQuantity(text);
  }
}
