import { expect, it } from 'vitest';
import type { EndpointSlice } from './types.ts';
import { endpointSliceWarnings, validateEndpointSlice } from './validation.ts';

it('tells what is wrong with ports in the order of their fields', () => {
  const bad = { name: 'A_', protocol: 'tcp', appProtocol: '-' };
  const errors = validateEndpointSlice({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'a', namespace: 'n' },
    addressType: 'IPv4',
    endpoints: [],
    ports: [bad, bad],
  });
  expect(errors.map(({ field, type }) => `${field} ${type}`)).toEqual([
    'ports[0].name FieldValueInvalid',
    'ports[0].protocol FieldValueNotSupported',
    'ports[0].appProtocol FieldValueInvalid',
    'ports[1].name FieldValueInvalid',
    'ports[1].name FieldValueDuplicate',
    'ports[1].protocol FieldValueNotSupported',
    'ports[1].appProtocol FieldValueInvalid',
  ]);
});

function slice(addressType: string, address: string, labels = {}): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'a', namespace: 'n', labels },
    addressType,
    endpoints: [{ addresses: [address] }],
  };
}

it.each([
  ['IPv4', '1.2.3.4', []],
  ['IPv4', '010.0.0.1', []],
  ['IPv4', '0127.0.0.1', ['may not be in the loopback range (127.0.0.0/8, ::1/128)']],
  [
    'IPv4',
    '::1',
    ['must be an IPv4 address', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  ],
  ['IPv4', '0.0.0.0', ['may not be unspecified (0.0.0.0)']],
  ['IPv6', '2001:DB8::1', ['must be in canonical form ("2001:db8::1")']],
  ['IPv6', '010.0.0.1', ['must not have leading 0s']],
  ['FQDN', 'a.b.', []],
  ['FQDN', 'x', ['should be a domain with at least two segments separated by dots']],
])('checks addresses of type %s: %s', (type, address, texts) => {
  const errors = validateEndpointSlice(slice(type, address));
  expect(errors.map(({ body }) => body.replace(/^Invalid value: "[^"]*": /, ''))).toEqual(texts);
});

it('warns of addresses that are written in odd ways, but for its controllers', () => {
  const [text] = endpointSliceWarnings(slice('IPv4', '010.0.0.1'));
  expect(text).toContain('endpoints[0].addresses[0]: non-standard IP address "010.0.0.1"');
  const labels = { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
  expect(endpointSliceWarnings(slice('IPv4', '010.0.0.1', labels))).toEqual([]);
  expect(endpointSliceWarnings(slice('FQDN', 'a.b'))).toHaveLength(1);
});
