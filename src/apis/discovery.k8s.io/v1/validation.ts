import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
  tooMany,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { familyOf } from '../../../machinery/ip-prefix.ts';
import { dnsLabelErrors, dnsSubdomainErrors, labelValueErrors } from '../../../machinery/names.ts';
import { rangeErrors } from '../../core/v1/endpoint-ip-validation.ts';
import {
  addressWarnings,
  legacyAddressErrors,
  strictAddressTexts,
} from '../../core/v1/ip-validation.ts';
import { appProtocolErrors, PROTOCOLS } from '../../core/v1/port-validation.ts';
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

/** A domain may end with a dot, and has one in between. */
function domainErrors(path: string, address: string): FieldError[] {
  if (address === '') return [required(path)];
  const name = address.replace(/\.$/, '');
  const errors = dnsSubdomainErrors(name);
  const single = 'should be a domain with at least two segments separated by dots';
  return texts(path, name, errors.length > 0 || name.includes('.') ? errors : [single]);
}

/** Upstream names the list where an address is of the other family. */
function addressErrors(address: string, type: string, list: string, index: number): FieldError[] {
  const at = indexPath(list, index);
  if (type === 'FQDN') return domainErrors(at, address);
  const written =
    type === 'IPv6'
      ? texts(at, address, strictAddressTexts(address))
      : legacyAddressErrors(at, address);
  if (written.length > 0 || (type !== 'IPv4' && type !== 'IPv6')) return written;
  const isOther = familyOf(address) !== type;
  return [
    ...(isOther ? [invalid(list, address, `must be an ${type} address`)] : []),
    ...rangeErrors(at, address),
  ];
}

const CONTROLLERS = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

/**
 * endpointSliceWarnings are what a writer of a slice should know; the controllers that make slices
 * know how addresses are written.
 */
export function endpointSliceWarnings(slice: EndpointSlice, old?: EndpointSlice): string[] {
  const { addressType, endpoints = [], metadata } = slice;
  const isOld = addressType === 'FQDN' && old === undefined;
  const warnings = isOld ? ['spec.addressType: FQDN endpoints are deprecated'] : [];
  const manager = metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '';
  if (CONTROLLERS.includes(manager)) return warnings;
  for (const [index, { addresses }] of endpoints.entries()) {
    const path = `${indexPath('endpoints', index)}.addresses`;
    for (const [at, address] of addresses.entries())
      warnings.push(...addressWarnings(indexPath(path, at), address));
  }
  return warnings;
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
