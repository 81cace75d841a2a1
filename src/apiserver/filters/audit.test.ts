import { afterEach, beforeEach, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { AuditPolicy } from '../audit/audit-policy.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { sendTo, type TestAnswer } from '../testing/test-http.ts';
import { listenForTest, type TestListener } from '../testing/test-listener.ts';

const COLLECTION = '/api/v1/namespaces/ns/configmaps';
const policy: AuditPolicy = {
  rules: [
    { level: 'Metadata', namespaces: ['brief'] },
    { level: 'RequestResponse', omitManagedFields: true },
  ],
};
let api: TestApiServer;
let open: TestListener;
let lines: string[];

interface Event {
  readonly stage: string;
  readonly [field: string]: unknown;
}

const events = () => lines.map((line) => JSON.parse(line) as Event);
const send = (
  method: string,
  path: string,
  options: { headers?: Record<string, string>; body?: string } = {},
): Promise<TestAnswer> => sendTo(open, path, { method, ...options });

beforeEach(async () => {
  lines = [];
  const sink = { write: (line: string) => void lines.push(line), close: async () => undefined };
  const definition = 'io.k8s.api.core.v1.ConfigMap';
  api = await startTestApiServer([{ type: CONFIG_MAPS, definition }], {
    front: { audit: { policy, sink } },
    authenticate: {
      authenticate: ({ headers }) =>
        headers.authorization === 'Bearer wrong' ? undefined : { name: 'root', groups: ['all'] },
    },
    authorize: {
      authorize: ({ user, verb }) => ({
        allowed: user.name === 'root' || verb === 'impersonate',
        reason: 'because',
      }),
    },
  });
  open = await listenForTest(api.server);
});

afterEach(() => api.close());

it('records what was asked and what was answered', async () => {
  const body = '{"metadata":{"name":"a"},"data":{"k":"<v>"}}';
  const headers = { 'user-agent': 'me/1', 'x-forwarded-for': '10.0.0.1' };
  const made = await send('POST', `${COLLECTION}?pretty=false&x=1`, { headers, body });
  expect(made.status).toBe(201);
  expect(lines[1]).toContain('\\u003cv\\u003e');
  expect(lines[1]).toContain('pretty=false\\u0026x=1');
  const [received, complete] = events();
  expect(received).toMatchObject({ stage: 'RequestReceived', verb: 'create' });
  expect(received).not.toHaveProperty('requestObject');
  expect(complete).toMatchObject({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: made.headers['audit-id'],
    stage: 'ResponseComplete',
    user: { username: 'root', groups: ['all'] },
    sourceIPs: ['10.0.0.1', '127.0.0.1'],
    userAgent: 'me/1',
    objectRef: { resource: 'configmaps', namespace: 'ns', name: 'a', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 201 },
    requestObject: { kind: 'ConfigMap', apiVersion: 'v1', data: { k: '<v>' } },
    responseObject: { kind: 'ConfigMap', metadata: { name: 'a' } },
    annotations: {
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason': 'because',
    },
  });
  expect(JSON.stringify(complete)).not.toContain('managedFields');
});

it('names what is created where bodies are not recorded, too', async () => {
  const path = '/api/v1/namespaces/brief/configmaps';
  const made = await send('POST', path, { body: '{"metadata":{"name":"a"},"data":{"k":"v"}}' });
  expect(made.status).toBe(201);
  const [, complete] = events();
  expect(complete).toMatchObject({ objectRef: { namespace: 'brief', name: 'a' } });
  expect(complete).not.toHaveProperty('requestObject');
  expect(complete).not.toHaveProperty('responseObject');
});

it('records failures with their Status, and for whom the request was carried out', async () => {
  await send('GET', `${COLLECTION}/a`, { headers: { 'impersonate-user': 'alice' } });
  expect(events()[1]).toMatchObject({
    user: { username: 'root' },
    impersonatedUser: { username: 'alice' },
    responseStatus: { status: 'Failure', reason: 'Forbidden', code: 403 },
    annotations: { 'authorization.k8s.io/decision': 'forbid' },
  });
});

it('records a watch when it begins and when it ends', async () => {
  await send('GET', `${COLLECTION}?watch=1&timeoutSeconds=1`);
  await expect
    .poll(() => events().map(({ stage }) => stage))
    .toEqual(['RequestReceived', 'ResponseStarted', 'ResponseComplete']);
});

it('records who was turned away before it was known who that is', async () => {
  await send('GET', COLLECTION, { headers: { authorization: 'Bearer wrong' } });
  expect(events()).toMatchObject([
    { stage: 'ResponseStarted', user: {}, responseStatus: { reason: 'Unauthorized', code: 401 } },
  ]);
});
