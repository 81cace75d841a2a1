import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KubeServer, startKubeServer } from './testing/kube-server.ts';

let server: KubeServer;
beforeAll(async () => {
  server = await startKubeServer();
});
afterAll(() => server.close());

it.each([
  ['limitranges', 'LimitRange', {}],
  ['services', 'Service', { ports: [{ port: 80 }] }],
])('a PUT creates %s that are not there', async (resource, kind, spec) => {
  const { status, body } = await server.client.transport.request({
    method: 'PUT',
    path: `/api/v1/namespaces/default/${resource}/made`,
    body: { apiVersion: 'v1', kind, metadata: { name: 'made' }, spec },
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({ object: { kind, metadata: { name: 'made' } } });
});

it.each([
  ['', true],
  ['propagationPolicy=Background', false],
])('a delete of no jobs at all, asked for with %j, warns of orphans: %s', async (query, warns) => {
  const { warnings = [] } = await server.client.transport.request({
    method: 'DELETE',
    path: '/apis/batch/v1/namespaces/default/jobs',
    query: new URLSearchParams(query),
  });
  expect(warnings.some((text) => text.startsWith('child pods are preserved'))).toBe(warns);
});
