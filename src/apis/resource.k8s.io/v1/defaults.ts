import { canonicalQuantity, isQuantity } from '../../../machinery/quantity.ts';
import type {
  DeviceClaim,
  DeviceToleration,
  ExactDeviceRequest,
  ResourceClaim,
  ResourceClaimTemplate,
  ResourceSlice,
} from './types.ts';

function defaultTolerations(tolerations: readonly DeviceToleration[] = []): void {
  for (const one of tolerations) one.operator ||= 'Equal';
}

function defaultRequest(request: ExactDeviceRequest): void {
  request.allocationMode ||= 'ExactCount';
  if (request.allocationMode === 'ExactCount') request.count ||= 1;
  defaultTolerations(request.tolerations);
}

function defaultDevices(devices: DeviceClaim | undefined): void {
  for (const { exactly, firstAvailable = [] } of devices?.requests ?? []) {
    if (exactly) defaultRequest(exactly);
    for (const one of firstAvailable) defaultRequest(one);
  }
}

/** defaultResourceClaim asks for one device where a request does not say how many. */
export function defaultResourceClaim({ spec, status }: ResourceClaim): void {
  defaultDevices(spec?.devices);
  for (const { tolerations } of status?.allocation?.devices?.results ?? [])
    defaultTolerations(tolerations);
}

/** defaultResourceClaimTemplate does the same for the claims of a template. */
export function defaultResourceClaimTemplate({ spec }: ResourceClaimTemplate): void {
  defaultDevices(spec?.spec?.devices);
}

/** defaultResourceSlice prints amounts canonically. */
export function defaultResourceSlice({ spec }: ResourceSlice): void {
  for (const { capacity = {} } of spec?.devices ?? [])
    for (const one of Object.values(capacity))
      if (isQuantity(one.value)) one.value = canonicalQuantity(one.value);
}
