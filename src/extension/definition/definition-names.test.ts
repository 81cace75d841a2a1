import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../apiserver/testing/test-api-server.ts';
import { extensionResources } from '../extension-resources.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from './definition-parts.ts';

let api: TestApiServer;
beforeEach(async () => {
  api = await startTestApiServer(() => extensionResources());
});
afterEach(() => api.close());

const WRONG = 'must be spec.names.plural+"."+spec.group';

it.each([
  [{ name: 'foo' }, [['metadata.name', WRONG]]],
  [
    { name: 'foo', finalizers: ['a b'] },
    [
      ['metadata.name', WRONG],
      ['metadata.finalizers', 'name part must consist of'],
    ],
  ],
  [
    { name: 'Foo' },
    [
      ['metadata.name', 'a lowercase RFC 1123 subdomain'],
      ['metadata.name', WRONG],
    ],
  ],
])('the name of a definition is checked with its metadata: %j', async (metadata, expected) => {
  const version = { name: 'v1', served: true, storage: true };
  const schema = { openAPIV3Schema: { type: 'object' } };
  const made = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata,
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'xs', singular: 'x', kind: 'X', listKind: 'XList' },
      versions: [{ ...version, schema }],
    },
  };
  const refused = api.client.create(CUSTOM_RESOURCE_DEFINITIONS, made);
  await expect(refused).rejects.toMatchObject({
    code: 422,
    status: {
      details: {
        causes: expected.map(([field = '', text = '']) => ({
          field,
          message: expect.stringContaining(text),
        })),
      },
    },
  });
});
