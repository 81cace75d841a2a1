import { deepEqual } from '../../../machinery/deep-equal.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
} from '../../../machinery/field-error.ts';
import { formatAddress, parsePrefix } from '../../../machinery/ip-prefix.ts';
import { conditionErrors } from '../../condition-validation.ts';
import { validateNodeSelector } from '../../core/v1/node-selector-validation.ts';
import { validateCsiDriverName } from '../../core/v1/persistent-volume-source.ts';
import { internalForm } from '../../schema/index.ts';
import { configurationErrors, rawErrors } from './configuration-validation.ts';
import { distinct, items, label } from './item-rules.ts';
import { poolNameErrors } from './pool-name.ts';
import { type RequestNames, requestNamesOf, requestReferenceErrors } from './request-names.ts';
import type {
  AllocatedDeviceStatus,
  AllocationResult,
  DeviceAllocationConfiguration,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
  ResourceClaim,
  ResourceClaimConsumerReference,
  ResourceClaimStatus,
} from './types.ts';

const MAX_CONSUMERS = 256;
const MAX_RESULTS = 32;
const MAX_CONFIGURATIONS = 64;
const MAX_REQUESTS = 32;
const MAX_CONDITIONS = 8;
const MAX_ADDRESSES = 16;
const MAX_INTERFACE_NAME = 256;
const MAX_HARDWARE_ADDRESS = 128;
const SOURCES = ['FromClaim', 'FromClass'];

/** How upstream shows the name of a device, whose parts it hides from JSON. */
const SHOWN_ID = { Driver: {}, Pool: {}, Device: {}, ShareID: {} };

interface DeviceName {
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
}

/** deviceId is the name of a device among all. */
export function deviceId({ driver, pool, device }: DeviceName): string {
  return `${driver}/${pool}/${device}`;
}

function deviceNameErrors(path: string, { driver, pool, device }: DeviceName): FieldError[] {
  return [
    ...validateCsiDriverName(`${path}.driver`, driver ?? ''),
    ...poolNameErrors(`${path}.pool`, pool),
    ...label(`${path}.device`, device),
  ];
}

function consumerErrors(one: ResourceClaimConsumerReference, path: string): FieldError[] {
  return (['resource', 'name', 'uid'] as const)
    .filter((field) => !one[field])
    .map((field) => required(`${path}.${field}`));
}

function addressErrors(address: string, path: string): FieldError[] {
  const prefix = parsePrefix(address);
  if (!prefix) {
    const detail = 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)';
    return [invalid(path, address, detail)];
  }
  const { address: parsed, bits } = prefix;
  const shorter = parsed.isMapped ? Math.max(0, bits - 96) : bits;
  const canonical = `${formatAddress(parsed)}/${shorter}`;
  if (address === canonical) return [];
  return [invalid(path, address, `must be in canonical form (${JSON.stringify(canonical)})`)];
}

function networkErrors(path: string, data: NetworkDeviceData): FieldError[] {
  const { interfaceName = '', hardwareAddress = '', ips } = data;
  return [
    ...(interfaceName.length > MAX_INTERFACE_NAME
      ? [tooLong(`${path}.interfaceName`, MAX_INTERFACE_NAME)]
      : []),
    ...(hardwareAddress.length > MAX_HARDWARE_ADDRESS
      ? [tooLong(`${path}.hardwareAddress`, MAX_HARDWARE_ADDRESS)]
      : []),
    ...items(`${path}.ips`, ips, addressErrors, MAX_ADDRESSES),
    ...distinct(`${path}.ips`, ips, { key: (one) => one }),
  ];
}

function deviceErrors(path: string, one: AllocatedDeviceStatus, allocated: ReadonlySet<string>) {
  const { conditions = [], data, networkData } = one;
  const detail = 'must be an allocated device in the claim';
  return [
    ...deviceNameErrors(path, one),
    ...(allocated.has(deviceId(one)) ? [] : [invalid(path, SHOWN_ID, detail)]),
    ...(conditions.length > MAX_CONDITIONS
      ? [tooMany(`${path}.conditions`, conditions.length, MAX_CONDITIONS)]
      : []),
    ...conditionErrors(`${path}.conditions`, conditions),
    ...(data === undefined ? [] : rawErrors(`${path}.data`, data)),
    ...(networkData ? networkErrors(`${path}.networkData`, networkData) : []),
  ];
}

function resultErrors(path: string, one: DeviceRequestAllocationResult, names: RequestNames) {
  return [
    ...requestReferenceErrors(`${path}.request`, one.request ?? '', names),
    ...deviceNameErrors(path, one),
  ];
}

function configErrors(path: string, one: DeviceAllocationConfiguration, names: RequestNames) {
  const { source = '', requests } = one;
  const place = `${path}.requests`;
  const sourceError = source === '' ? required(`${path}.source`) : undefined;
  return [
    ...(sourceError ? [sourceError] : []),
    ...(source === '' || SOURCES.includes(source)
      ? []
      : [notSupported(`${path}.source`, source, SOURCES)]),
    ...items(place, requests, (name, at) => requestReferenceErrors(at, name, names), MAX_REQUESTS),
    ...distinct(place, requests, { key: (name) => name }),
    ...configurationErrors(path, one, false),
  ];
}

function allocationErrors(path: string, allocation: AllocationResult, names: RequestNames) {
  const { results, config } = allocation.devices ?? {};
  const { nodeSelector } = allocation;
  const devices = `${path}.devices`;
  return [
    ...items(`${devices}.results`, results, (one, at) => resultErrors(at, one, names), MAX_RESULTS),
    ...items(
      `${devices}.config`,
      config,
      (one, at) => configErrors(at, one, names),
      MAX_CONFIGURATIONS,
    ),
    ...(nodeSelector ? validateNodeSelector(nodeSelector, `${path}.nodeSelector`) : []),
  ];
}

function reservationErrors(claim: ResourceClaim, old: ResourceClaimStatus): FieldError[] {
  const path = 'status.reservedFor';
  const { reservedFor = [], allocation } = claim.status ?? {};
  if (reservedFor.length === 0) return [];
  if (!allocation) return [forbidden(path, 'may not be specified when `allocated` is not set')];
  if (claim.metadata.deletionTimestamp === undefined) return [];
  const isOld = (one: object) => (old.reservedFor ?? []).some((known) => deepEqual(known, one));
  const detail =
    'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set';
  return reservedFor.every(isOld) ? [] : [forbidden(path, detail)];
}

/** validateResourceClaimStatusUpdate checks which devices a claim was given, and who uses them. */
export function validateResourceClaimStatusUpdate(
  claim: ResourceClaim,
  { status: old = {} }: ResourceClaim,
): FieldError[] {
  const { reservedFor, devices, allocation } = claim.status ?? {};
  const allocated = new Set((allocation?.devices?.results ?? []).map(deviceId));
  const path = 'status.allocation';
  const shown = internalForm('resource.AllocationResult', allocation ?? {});
  return [
    ...items('status.reservedFor', reservedFor, consumerErrors, MAX_CONSUMERS),
    ...distinct('status.reservedFor', reservedFor, { key: ({ uid }) => uid, field: 'uid' }),
    ...items('status.devices', devices, (one, at) => deviceErrors(at, one, allocated)),
    ...distinct('status.devices', devices, { key: deviceId, field: 'deviceID', shown: SHOWN_ID }),
    ...reservationErrors(claim, old),
    ...(allocation && !old.allocation
      ? allocationErrors(path, allocation, requestNamesOf(claim.spec?.devices ?? {}))
      : []),
    ...(allocation && old.allocation && !deepEqual(allocation, old.allocation)
      ? [invalid(path, shown, 'field is immutable')]
      : []),
  ];
}
