import { expect, it } from 'vitest';
import { validateEndpointSlice } from './validation.ts';

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
