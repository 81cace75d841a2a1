import type { DeviceRequest, ExactDeviceRequest, ResourceClaim } from './types.ts';

/** DEVICES_SUFFIX ends the names under which quotas limit devices, by their class. */
export const DEVICES_SUFFIX = '.deviceclass.resource.k8s.io/devices';
/** How many devices a claim can get that asks for all. */
const MOST = 32;

function devicesOf({ allocationMode, count = 0 }: ExactDeviceRequest): number {
  if (allocationMode === 'All') return MOST;
  return allocationMode === 'ExactCount' ? count : 0;
}

/** Of alternatives, those that cost most of each class. */
function requestUsage({ exactly, firstAvailable = [] }: DeviceRequest): Map<string, number> {
  const usage = new Map<string, number>();
  const alternatives = firstAvailable.length > 0 ? firstAvailable : exactly ? [exactly] : [];
  for (const one of alternatives) {
    const name = `${one.deviceClassName}${DEVICES_SUFFIX}`;
    usage.set(name, Math.max(usage.get(name) ?? 0, devicesOf(one)));
  }
  return usage;
}

/** devicesOfClaim counts the devices that a claim may get, by what quotas call their class. */
export function devicesOfClaim({ spec }: ResourceClaim): ReadonlyMap<string, number> {
  const usage = new Map<string, number>();
  for (const request of spec?.devices?.requests ?? [])
    for (const [name, count] of requestUsage(request))
      usage.set(name, (usage.get(name) ?? 0) + count);
  return usage;
}
