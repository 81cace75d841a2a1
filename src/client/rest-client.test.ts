import { describe, expect, it } from 'vitest';
import { NODES, PODS } from '../apis/resource-types.ts';
import type { Client } from './client.ts';
import { newClient } from './rest-client.ts';
import type { ApiBody, ApiRequest } from './transport.ts';

function recording(body: ApiBody): { client: Client; requests: ApiRequest[] } {
  const requests: ApiRequest[] = [];
  const client = newClient({
    request: async (request) => {
      requests.push(request);
      return { status: 200, body };
    },
    upgrade: async () => {
      throw new Error('not used');
    },
  });
  return { client, requests };
}

const OBJECT: ApiBody = { kind: 'object', object: { kind: 'Pod' } };
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'a', name: 'web' },
  spec: { containers: [] },
};

const calls: [string, (client: Client) => Promise<unknown>, string][] = [
  ['get', (c) => c.get(PODS, { namespace: 'a', name: 'web' }), 'GET /api/v1/namespaces/a/pods/web'],
  ['get of a cluster resource', (c) => c.get(NODES, { name: 'n' }), 'GET /api/v1/nodes/n'],
  [
    'list of all namespaces',
    (c) => c.list(PODS, { labelSelector: 'a=b', limit: 5 }),
    'GET /api/v1/pods?labelSelector=a%3Db&limit=5',
  ],
  ['create', (c) => c.create(PODS, pod), 'POST /api/v1/namespaces/a/pods'],
  [
    'create dry',
    (c) => c.create(PODS, pod, { dryRun: true, fieldManager: 'me' }),
    'POST /api/v1/namespaces/a/pods?dryRun=All&fieldManager=me',
  ],
  ['updateStatus', (c) => c.updateStatus(PODS, pod), 'PUT /api/v1/namespaces/a/pods/web/status'],
  [
    'patch of a subresource',
    (c) =>
      c.patch(
        PODS,
        { namespace: 'a', name: 'web' },
        { type: 'application/merge-patch+json', body: {} },
        { subresource: 'status' },
      ),
    'PATCH /api/v1/namespaces/a/pods/web/status',
  ],
  [
    'delete',
    (c) => c.delete(PODS, { namespace: 'a', name: 'web' }),
    'DELETE /api/v1/namespaces/a/pods/web',
  ],
  [
    'deleteCollection',
    (c) => c.deleteCollection(PODS, { namespace: 'a', labelSelector: 'x' }),
    'DELETE /api/v1/namespaces/a/pods?labelSelector=x',
  ],
  [
    'post',
    (c) => c.post(PODS, { namespace: 'a', name: 'web' }, 'binding', {}),
    'POST /api/v1/namespaces/a/pods/web/binding',
  ],
];

describe('newClient', () => {
  it.each(calls)('%s', async (_, call, expected) => {
    const { client, requests } = recording(OBJECT);
    await call(client);
    const [{ method, path, query } = { method: '', path: '', query: undefined }] = requests;
    const text = query?.toString();
    expect(`${method} ${path}${text ? `?${text}` : ''}`).toBe(expected);
  });

  it('refuses a namespaced object without a namespace instead of asking for something else', async () => {
    const { client, requests } = recording(OBJECT);
    await expect(client.get(PODS, { name: 'web' })).rejects.toThrow(/empty namespace/);
    await expect(client.delete(NODES, { name: '' })).rejects.toThrow(/may not be empty/);
    expect(requests).toEqual([]);
  });
});

it('names the items of a list, whose names servers leave out', async () => {
  const [metadata, names] = [{ name: 'web' }, { kind: 'Pod', apiVersion: 'v1' }];
  const object = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [{ metadata }] };
  const { client } = recording({ kind: 'object', object });
  expect((await client.list(PODS)).items).toEqual([{ ...names, metadata }]);
});
