import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sendTo } from '../../src/apiserver/testing/send-to.ts';
import { listenForTest, type TestListener } from '../../src/apiserver/testing/test-listener.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../src/extension/definition/definition-parts.ts';
import type { ResourceType } from '../../src/machinery/object.ts';
import { type ExtensionBed, startExtensionBed } from './support/extension-bed.ts';
import { plainDefinition } from './support/plain-custom-resource.ts';

const BOLTS: ResourceType = {
  group: 'methods.example.com',
  version: 'v1',
  resource: 'bolts',
  kind: 'Bolt',
  namespaced: true,
};
const SUBRESOURCES = {
  status: {},
  scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
};

let bed: ExtensionBed;
let open: TestListener;

beforeAll(async () => {
  bed = await startExtensionBed();
  open = await listenForTest(bed.api.server);
  const definition = plainDefinition(BOLTS, { subresources: SUBRESOURCES });
  await bed.api.client.create(CUSTOM_RESOURCE_DEFINITIONS, definition);
  await vi.waitFor(async () => {
    const { status } = await send('GET', '/apis/methods.example.com/v1');
    expect(status).toBe(200);
  }, 60_000);
  const metadata = { name: 'm8', namespace: 'default' };
  await bed.api.client.create(BOLTS, {
    apiVersion: 'methods.example.com/v1',
    kind: 'Bolt',
    metadata,
  });
});
afterAll(() => bed.close());

const send = (method: string, path: string, headers: Record<string, string> = {}) =>
  sendTo(open, path, { method, headers: { authorization: 'Bearer token', ...headers } });

const CORE = '/api/v1/namespaces/default/configmaps';
const BUILT_IN = '/apis/apiextensions.k8s.io/v1';
const CUSTOM = '/apis/methods.example.com/v1/namespaces/default/bolts';

it.each([
  ['/', 200],
  ['/healthz', 200],
  ['/apis', 200],
  ['/apis/apiextensions.k8s.io', 200],
  ['/api', 405],
  ['/api/v1', 405],
  [BUILT_IN, 405],
  ['/version', 405],
  [CORE, 405],
  [`${CORE}/nosuch`, 405],
  [`${BUILT_IN}/customresourcedefinitions/bolts.methods.example.com/status`, 405],
  ['/apis/methods.example.com/v1', 200],
  [CUSTOM, 200],
  [`${CUSTOM}/m8`, 200],
  [`${CUSTOM}/m8/status`, 200],
  [`${CUSTOM}/m9`, 404],
])('HEAD of %s is answered %i, without a body', async (path, status) => {
  const answer = await send('HEAD', path);
  expect([answer.status, answer.text]).toEqual([status, '']);
});

it.each([
  ['/apis/methods.example.com/v1', 200, '"kind":"APIResourceList"'],
  [BUILT_IN, 405, 'the server does not allow this method on the requested resource'],
  [CORE, 405, 'the server does not allow this method on the requested resource'],
  [CUSTOM, 405, ' is not supported on resources of kind \\"bolts.methods.example.com\\"'],
  [`${CUSTOM}/m8/scale`, 405, ' is not supported on resources of kind'],
  [`${CUSTOM}/m8/nosuch`, 404, 'bolts.methods.example.com \\"m8\\" not found'],
  ['/apis/methods.example.com/v1/bolts', 404, '404 page not found'],
  ['/apis/methods.example.com/v1/nosuch', 404, '404 page not found'],
])('OPTIONS of %s is answered %i', async (path, status, text) => {
  const answer = await send('OPTIONS', path);
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(text);
});

it.each([
  [`${CUSTOM}/m8`, 'PartialObjectMetadataList', 'not a list (*unstructured.Unstructured)'],
  [CUSTOM, 'PartialObjectMetadata', 'a list (*unstructured.UnstructuredList)'],
])('%s is not acceptable as %s', async (path, as, what) => {
  const accept = `application/json;as=${as};g=meta.k8s.io;v=v1`;
  const answer = await send('GET', path, { accept });
  expect(answer.status).toBe(406);
  expect(answer.text).toContain(`you requested ${as}, but the requested object is ${what}`);
});

const PATCH_TYPES =
  'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';

it.each([
  ['PUT', CUSTOM, 'application/json', 400, 'name must be provided'],
  ['PATCH', CUSTOM, 'application/merge-patch+json', 400, 'name must be provided'],
  ['PATCH', CUSTOM, 'application/json', 415, `accepted media types include: ${PATCH_TYPES}`],
  ['PATCH', `${CUSTOM}/m8/scale`, 'application/strategic-merge-patch+json', 415, PATCH_TYPES],
  [
    'PATCH',
    `${CUSTOM}/nosuch/nosuch`,
    'text/plain',
    404,
    'bolts.methods.example.com \\"nosuch\\" not',
  ],
  ['POST', `${CUSTOM}/m8`, 'text/plain', 415, 'the body of the request was in an unknown format'],
  [
    'POST',
    `${CUSTOM}/m8/status`,
    'text/plain',
    405,
    'create is not supported on resources of kind',
  ],
  [
    'DELETE',
    '/apis/methods.example.com/v1/proxy/namespaces/default/bolts/m8',
    'application/json',
    405,
    'proxy is not supported on resources of kind \\"bolts.methods.example.com\\"',
  ],
])('%s %s as %s is refused as by upstream’s handler, which has no routes', async (...row) => {
  const [method, path, type, code, message] = row;
  const { status, text } = await send(method, path, { 'content-type': type });
  expect({ status, text }).toEqual({ status: code, text: expect.stringContaining(message) });
});

it('tells which versions were stored, although a status says nothing of it', async () => {
  const name = 'bolts.methods.example.com';
  const patch = { type: 'application/merge-patch+json', body: { status: null } } as const;
  const { status } = await bed.api.client.patch(CUSTOM_RESOURCE_DEFINITIONS, { name }, patch, {
    subresource: 'status',
    dryRun: true,
  });
  expect(status?.storedVersions).toEqual(['v1']);
});
