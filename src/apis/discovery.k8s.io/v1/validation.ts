import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
  tooMany,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { isIPAddress, isIPv6 } from '../../../machinery/ip-address.ts';
import { dnsLabelErrors, dnsSubdomainErrors, labelValueErrors } from '../../../machinery/names.ts';
import { appProtocolErrors, PROTOCOLS } from '../../core/v1/port-validation.ts';
import { endpointIPErrors } from '../../core/v1/validation.ts';
import { immutable, texts } from '../../core/v1/validation-rules.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from './types.ts';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;

function endpointErrors(endpoint: Endpoint, path: string, addressType: string): FieldError[] {
  const addresses = endpoint.addresses ?? [];
  const at = `${path}.addresses`;
  if (addresses.length === 0) return [required(at, 'must contain at least 1 address')];
  if (addresses.length > MAX_ADDRESSES) return [tooMany(at, addresses.length, MAX_ADDRESSES)];
  const errors = addresses.flatMap((address, index) =>
    addressErrors(address, addressType, at, index),
  );
  const { nodeName, hostname } = endpoint;
  if (nodeName !== undefined)
    errors.push(...texts(`${path}.nodeName`, nodeName, dnsSubdomainErrors(nodeName)));
  if (hostname !== undefined)
    errors.push(...texts(`${path}.hostname`, hostname, dnsLabelErrors(hostname)));
  const { forZones = [], forNodes = [] } = endpoint.hints ?? {};
  return [
    ...errors,
    ...hintErrors(forZones, `${path}.hints.forZones`, labelValueErrors),
    ...hintErrors(forNodes, `${path}.hints.forNodes`, dnsSubdomainErrors),
  ];
}

const MAX_HINTS = 8;

function hintErrors(
  hints: readonly { readonly name: string }[],
  path: string,
  rule: (name: string) => readonly string[],
): FieldError[] {
  if (hints.length > MAX_HINTS) return [tooMany(path, hints.length, MAX_HINTS)];
  const names = hints.map(({ name }) => name);
  return names.flatMap((name, index) => {
    const at = `${indexPath(path, index)}.name`;
    const again = names.indexOf(name) < index ? [duplicate(at, name)] : [];
    return [...again, ...texts(at, name, rule(name))];
  });
}

/** Upstream names the list where an address is of the other family. */
function addressErrors(address: string, type: string, list: string, index: number): FieldError[] {
  const at = indexPath(list, index);
  if (type === 'FQDN') return texts(at, address, dnsSubdomainErrors(address));
  const errors = endpointIPErrors(at, address);
  if (!isIPAddress(address)) return errors;
  if (type === 'IPv4' && isIPv6(address))
    errors.push(invalid(list, address, 'must be an IPv4 address'));
  if (type === 'IPv6' && !isIPv6(address))
    errors.push(invalid(list, address, 'must be an IPv6 address'));
  return errors;
}

function portErrors(ports: readonly EndpointPort[]): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = indexPath('ports', index);
    const errors: FieldError[] = [];
    const name = port.name ?? '';
    if (name !== '') errors.push(...texts(`${path}.name`, name, dnsLabelErrors(name)));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    if (port.protocol !== undefined && !PROTOCOLS.includes(port.protocol))
      errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
    errors.push(...appProtocolErrors(path, port.appProtocol));
    return errors;
  });
}

/** validateEndpointSlice checks addresses and ports. */
export function validateEndpointSlice(slice: EndpointSlice): FieldError[] {
  const { addressType = '', endpoints = [], ports = [] } = slice;
  const errors: FieldError[] = [];
  if (addressType === '') errors.push(required('addressType'));
  else if (!ADDRESS_TYPES.includes(addressType))
    errors.push(notSupported('addressType', addressType, ADDRESS_TYPES));
  if (endpoints.length > MAX_ENDPOINTS)
    errors.push(tooMany('endpoints', endpoints.length, MAX_ENDPOINTS));
  if (ports.length > MAX_PORTS) errors.push(tooMany('ports', ports.length, MAX_PORTS));
  errors.push(...portErrors(ports));
  for (const [index, endpoint] of endpoints.entries())
    errors.push(...endpointErrors(endpoint, indexPath('endpoints', index), addressType));
  return errors;
}

/** validateEndpointSliceUpdate keeps the address type. */
export function validateEndpointSliceUpdate(
  slice: EndpointSlice,
  old: EndpointSlice,
): FieldError[] {
  return immutable('addressType', slice.addressType, old.addressType);
}
