import {
  duplicate,
  type FieldError,
  notSupported,
  required,
  tooMany,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { endpointIPErrors } from '../../core/v1/validation.ts';
import { immutable } from '../../core/v1/validation-rules.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from './types.ts';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;

function endpointErrors(endpoint: Endpoint, path: string, addressType: string): FieldError[] {
  const addresses = endpoint.addresses ?? [];
  const at = `${path}.addresses`;
  if (addresses.length === 0) return [required(at, 'must contain at least 1 address')];
  if (addresses.length > MAX_ADDRESSES) return [tooMany(at, addresses.length, MAX_ADDRESSES)];
  if (addressType === 'FQDN') return [];
  return addresses.flatMap((address, index) => endpointIPErrors(indexPath(at, index), address));
}

function portErrors(ports: readonly EndpointPort[]): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = indexPath('ports', index);
    const errors: FieldError[] = [];
    const name = port.name ?? '';
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    if (port.protocol !== undefined && !PROTOCOLS.includes(port.protocol))
      errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
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
  for (const [index, endpoint] of endpoints.entries())
    errors.push(...endpointErrors(endpoint, indexPath('endpoints', index), addressType));
  return [...errors, ...portErrors(ports)];
}

/** validateEndpointSliceUpdate keeps the address type. */
export function validateEndpointSliceUpdate(
  slice: EndpointSlice,
  old: EndpointSlice,
): FieldError[] {
  return immutable('addressType', slice.addressType, old.addressType);
}
