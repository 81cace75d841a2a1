import type {
  DeviceClaim,
  DeviceClass,
  ResourceClaim,
  ResourceClaimStatus,
  ResourceClaimTemplate,
  ResourceSlice,
} from './types.ts';

/**
 * What Kubernetes 1.34 knows but leaves out while the features are off that it belongs to
 * (DRAConsumableCapacity, DRADeviceBindingConditions, DRADeviceTaints, DRAExtendedResource,
 * DRAPartitionableDevices), as they are by default. Nothing stored has these fields.
 */

function drop<T extends object>(from: T | undefined, ...fields: readonly (keyof T)[]): void {
  if (from) for (const field of fields) delete from[field];
}

function dropOfClaim(devices: DeviceClaim | undefined): void {
  for (const { exactly, firstAvailable = [] } of devices?.requests ?? []) {
    drop(exactly, 'capacity');
    for (const one of firstAvailable) drop(one, 'capacity');
  }
}

/** dropOfResourceClaim leaves out what belongs to features that are off. */
export function dropOfResourceClaim({ spec }: ResourceClaim): void {
  dropOfClaim(spec?.devices);
}

/** dropOfResourceClaimStatus does the same for a status. */
export function dropOfResourceClaimStatus(status: ResourceClaimStatus | undefined): void {
  const { allocation, devices = [] } = status ?? {};
  drop(allocation, 'allocationTimestamp');
  for (const one of allocation?.devices?.results ?? [])
    drop(one, 'bindingConditions', 'bindingFailureConditions', 'shareID', 'consumedCapacity');
  for (const one of devices) drop(one, 'shareID');
}

/** dropOfResourceClaimTemplate does the same for the claims of a template. */
export function dropOfResourceClaimTemplate({ spec }: ResourceClaimTemplate): void {
  dropOfClaim(spec?.spec?.devices);
}

/** dropOfDeviceClass does the same for a class. */
export function dropOfDeviceClass({ spec }: DeviceClass): void {
  drop(spec, 'extendedResourceName');
}

/** dropOfResourceSlice does the same for the devices of a slice. */
export function dropOfResourceSlice({ spec }: ResourceSlice): void {
  drop(spec, 'sharedCounters', 'perDeviceNodeSelection');
  for (const device of spec?.devices ?? []) {
    drop(device, 'taints', 'consumesCounters', 'nodeName', 'nodeSelector', 'allNodes');
    drop(device, 'bindingConditions', 'bindingFailureConditions', 'bindsToNode');
    drop(device, 'allowMultipleAllocations');
    for (const one of Object.values(device.capacity ?? {})) drop(one, 'requestPolicy');
  }
}
