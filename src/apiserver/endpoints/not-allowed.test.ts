import { expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { Rest } from '../registry/rest.ts';
import { parseRequest } from '../request/request-info.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { isRouted } from './not-allowed.ts';

const rest = { get: async () => ({}), list: async () => ({}) } as unknown as Rest;
const definition: ResourceDefinition = {
  type: CONFIG_MAPS,
  definition: 'io.k8s.api.core.v1.ConfigMap',
  subresources: { log: { kind: 'connect' } as never },
};
const structure = {} as ResourceDefinition['structure'];

const COLLECTION = '/api/v1/namespaces/ns/configmaps';

it.each([
  ['GET', COLLECTION, true],
  ['GET', `${COLLECTION}/a`, true],
  ['GET', `${COLLECTION}?watch=1`, true],
  ['POST', COLLECTION, false],
  ['DELETE', `${COLLECTION}/a`, false],
  ['PATCH', `${COLLECTION}/a`, false],
  ['POST', `${COLLECTION}/a/log`, true],
  ['GET', `${COLLECTION}/a/none`, false],
])('knows whether %s %s gets to a resource that is only read: %s', (method, target, routed) => {
  const [path = '', query = ''] = target.split('?');
  const info = parseRequest(method, path, new URLSearchParams(query));
  const served = { definition, rest, form: undefined as never };
  expect(isRouted(served, info)).toBe(routed);
  const custom = { ...served, definition: { ...definition, structure } as ResourceDefinition };
  expect(isRouted(custom, info)).toBe(!path.endsWith('none'));
});
