import { ageColumn, column, nameColumn, type PrinterColumn } from '../../printer-column.ts';
import type { DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice } from './types.ts';

function stateOf({ metadata, status }: ResourceClaim): string {
  const isGoing = metadata.deletionTimestamp !== undefined;
  const { allocation, reservedFor = [] } = status ?? {};
  return [
    ...(isGoing ? ['deleted'] : []),
    ...(allocation ? ['allocated'] : isGoing ? [] : ['pending']),
    ...(allocation && reservedFor.length > 0 ? ['reserved'] : []),
  ].join(',');
}

/** DEVICE_CLASS_COLUMNS are the columns of `kubectl get deviceclasses`. */
export const DEVICE_CLASS_COLUMNS: readonly PrinterColumn<DeviceClass>[] = [
  nameColumn(),
  ageColumn(),
];

/** RESOURCE_CLAIM_COLUMNS are the columns of `kubectl get resourceclaims`. */
export const RESOURCE_CLAIM_COLUMNS: readonly PrinterColumn<ResourceClaim>[] = [
  nameColumn(),
  column('State', 'A summary of the current state (allocated, pending, reserved, etc.).', stateOf),
  ageColumn(),
];

/** RESOURCE_CLAIM_TEMPLATE_COLUMNS are the columns of `kubectl get resourceclaimtemplates`. */
export const RESOURCE_CLAIM_TEMPLATE_COLUMNS: readonly PrinterColumn<ResourceClaimTemplate>[] = [
  nameColumn(),
  ageColumn(),
];

/** RESOURCE_SLICE_COLUMNS are the columns of `kubectl get resourceslices`. */
export const RESOURCE_SLICE_COLUMNS: readonly PrinterColumn<ResourceSlice>[] = [
  nameColumn(),
  column('Node', 'The node that has the devices.', ({ spec }) => spec?.nodeName ?? ''),
  column('Driver', 'The driver of the devices.', ({ spec }) => spec?.driver ?? ''),
  column('Pool', 'The pool that the devices belong to.', ({ spec }) => spec?.pool?.name ?? ''),
  ageColumn(),
];
