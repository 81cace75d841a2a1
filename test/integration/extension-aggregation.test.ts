import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { APIService } from '../../src/apis/apiregistration.k8s.io/v1/types.ts';
import { SERVICES } from '../../src/apis/resource-types.ts';
import { discover } from '../../src/client/discovery.ts';
import { API_SERVICES } from '../../src/extension/aggregation/api-services.ts';
import {
  type ExtensionBed,
  startExtensionBed,
  startTlsServer,
  type TlsServer,
} from './support/extension-bed.ts';
import { findKubectls, runClient } from './support/kubectl.ts';

const GROUP_VERSION = 'things.example.com/v1';
const THING = {
  apiVersion: GROUP_VERSION,
  kind: 'Thing',
  metadata: { name: 'one', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
};
const VERBS = ['get', 'list', 'watch', 'create'];
const RESOURCES = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: GROUP_VERSION,
  resources: [
    { name: 'things', singularName: 'thing', namespaced: true, kind: 'Thing', verbs: VERBS },
  ],
};

let bed: ExtensionBed;
let server: TlsServer;
let isUp = true;
interface Seen {
  readonly path: string;
  readonly user: unknown;
  readonly groups: unknown;
  readonly headers: IncomingMessage['headers'];
  readonly certificate: string;
}
const seen: Seen[] = [];

function note(request: IncomingMessage): void {
  const certificate = (request.socket as TLSSocket).getPeerCertificate();
  seen.push({
    path: request.url ?? '',
    user: request.headers['x-remote-user'],
    groups: request.headers['x-remote-group'],
    headers: request.headers,
    certificate: String(certificate.subject?.CN ?? ''),
  });
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  note(request);
  const path = (request.url ?? '').split('?')[0];
  const answer = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (!isUp) return void answer(500, {});
  if (path === `/apis/${GROUP_VERSION}`) return void answer(200, RESOURCES);
  if (path === `/openapi/v3/apis/${GROUP_VERSION}`) {
    return void answer(200, {
      openapi: '3.0.0',
      info: { title: 'Things', version: '1' },
      paths: {},
    });
  }
  if (!path?.startsWith(`/apis/${GROUP_VERSION}/namespaces/default/things`)) {
    return void answer(404, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 });
  }
  if (request.url?.includes('watch=')) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(`${JSON.stringify({ type: 'ADDED', object: THING })}\n`);
    return;
  }
  if (path.endsWith('/one')) return void answer(200, THING);
  if (request.method !== 'POST') {
    const list = { apiVersion: GROUP_VERSION, kind: 'ThingList', metadata: {}, items: [THING] };
    return void answer(200, list);
  }
  response.writeHead(201, { 'content-type': 'application/json' });
  request.pipe(response);
}

function echo(request: IncomingMessage, socket: Duplex): void {
  note(request);
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n',
  );
  socket.pipe(socket);
}

beforeAll(async () => {
  bed = await startExtensionBed();
  server = await startTlsServer(serve, {
    dnsNames: ['things.default.svc'],
    clientCaPem: bed.frontProxy.authority.certPem,
    upgrade: echo,
  });
  const { client } = bed.api;
  await client.create(SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'default', name: 'things' },
    spec: { type: 'ExternalName', externalName: 'localhost' },
  });
  const service: APIService = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.things.example.com' },
    spec: {
      group: 'things.example.com',
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 15,
      caBundle: Buffer.from(server.caPem).toString('base64'),
      service: { namespace: 'default', name: 'things', port: server.port },
    },
  };
  await client.create(API_SERVICES, service);
});
afterAll(async () => {
  await server.close();
  await bed.close();
});

const available = async () => {
  const found = await bed.api.client.get(API_SERVICES, { name: 'v1.things.example.com' });
  const condition = found.status?.conditions?.find((one) => one.type === 'Available');
  return `${condition?.status} ${condition?.reason}`;
};
const kubectl = (program: string, ...args: string[]) =>
  runClient(program, args, { kubeconfig: bed.kubeconfig });

it('is asked with the front proxy certificate, in the name of the user', async () => {
  await expect.poll(available).toBe('True Passed');
  expect(seen[0]).toMatchObject({
    path: `/apis/${GROUP_VERSION}`,
    user: 'system:kube-aggregator',
    groups: 'system:masters',
    certificate: 'front-proxy-client',
  });
  const [program = 'kubectl'] = findKubectls();
  const path = `/apis/${GROUP_VERSION}/namespaces/default/things/one`;
  const got = await kubectl(program, 'get', '--raw', path);
  expect(JSON.parse(got.stdout)).toEqual(THING);
  expect(seen.at(-1)).toMatchObject({ path, user: 'admin', certificate: 'front-proxy-client' });
});

it.each(findKubectls())('is part of the API that %s sees', async (program) => {
  await expect.poll(available).toBe('True Passed');
  const cache = `--cache-dir=${bed.folder}/${findKubectls().indexOf(program)}`;
  const resources = await kubectl(program, 'api-resources', cache);
  expect(resources.stdout).toMatch(/things +things\.example\.com\/v1 +true +Thing/);
  expect(resources.stdout).toMatch(/pods +po +v1 +true +Pod/);
  const listed = await kubectl(program, 'get', 'things', '-o', 'name', cache);
  expect(listed.stdout).toBe('thing.things.example.com/one\n');
  const services = await kubectl(
    program,
    'get',
    'apiservices',
    'v1.',
    'v1.things.example.com',
    cache,
  );
  expect(services.stdout).toMatch(/v1\. +Local +True/);
  expect(services.stdout).toMatch(/v1\.things\.example\.com +default\/things +True/);
  const described = await kubectl(program, 'get', '--raw', `/openapi/v3/apis/${GROUP_VERSION}`);
  expect(described.stdout).toContain('Things');
  const index = await kubectl(program, 'get', '--raw', '/openapi/v3');
  expect(index.stdout).toContain(`apis/${GROUP_VERSION}`);
});

/** ask begins a request of the administrator, without any client's help. */
async function ask(path: string, headers: OutgoingHttpHeaders) {
  const config = JSON.parse(await readFile(bed.kubeconfig, 'utf8')) as {
    clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  };
  const { server: url = '', 'certificate-authority-data': ca = '' } =
    config.clusters[0]?.cluster ?? {};
  return httpsRequest(`${url}${path}`, {
    ca: Buffer.from(ca, 'base64'),
    headers: { authorization: 'Bearer token', ...headers },
  });
}

it('is told all of who is impersonated, and nothing that clients say of themselves', async () => {
  await expect.poll(available).toBe('True Passed');
  const path = `/apis/${GROUP_VERSION}/namespaces/default/things/one`;
  const sent = await ask(path, {
    'impersonate-user': 'jane',
    'impersonate-uid': '42',
    'impersonate-group': ['system:masters', 'staff'],
    'impersonate-extra-example.com%2Freason': ['one', 'two'],
    'x-remote-user': 'root',
    'x-remote-uid': '0',
    'x-remote-group': 'wheel',
    'x-remote-extra-forged': 'yes',
  });
  const [response] = (await once(sent.end(), 'response')) as [IncomingMessage];
  response.resume();
  expect(response.statusCode).toBe(200);
  const { headers } = seen.at(-1) ?? {};
  const said = Object.entries(headers ?? {}).filter(([name]) =>
    /^(x-remote|impersonate|authorization)/.test(name),
  );
  expect(Object.fromEntries(said)).toEqual({
    'x-remote-user': 'jane',
    'x-remote-uid': '42',
    'x-remote-group': 'system:masters, staff, system:authenticated',
    'x-remote-extra-example.com%2freason': 'one, two',
  });
});

it('may change the protocol', async () => {
  await expect.poll(available).toBe('True Passed');
  const path = `/apis/${GROUP_VERSION}/namespaces/default/things/one/attach`;
  const sent = await ask(path, { connection: 'Upgrade', upgrade: 'SPDY/3.1' });
  const answer = await new Promise<string>((resolve, reject) => {
    sent.on('upgrade', (_response, socket) => {
      socket.once('data', (data: Buffer) => {
        socket.destroy();
        resolve(data.toString());
      });
      socket.write('hello');
    });
    sent.on('error', reject);
    sent.end();
  });
  expect(answer).toBe('hello');
});

it('is not trusted when another authority than the one that is named has signed for it', async () => {
  await expect.poll(available).toBe('True Passed');
  const name = { name: 'v1.things.example.com' };
  const trust = (pem: string) => {
    const body = { spec: { caBundle: Buffer.from(pem).toString('base64') } };
    const patch = { type: 'application/merge-patch+json', body } as const;
    return bed.api.client.patch(API_SERVICES, name, patch);
  };
  const asked = seen.length;
  await trust(bed.frontProxy.authority.certPem);
  await expect.poll(available).toBe('False FailedDiscoveryCheck');
  const { status } = await bed.api.client.get(API_SERVICES, name);
  expect(status?.conditions?.map((one) => one.message)).toEqual([
    expect.stringContaining('x509: certificate signed by unknown authority'),
  ]);
  expect(seen).toHaveLength(asked);
  await trust(server.caPem);
  await expect.poll(available).toBe('True Passed');
});

it('is unavailable while its server fails, and says why', async () => {
  isUp = false;
  const touch = { metadata: { labels: { touched: 'yes' } } };
  const patch = { type: 'application/merge-patch+json', body: touch } as const;
  await bed.api.client.patch(API_SERVICES, { name: 'v1.things.example.com' }, patch);
  await expect.poll(available).toBe('False FailedDiscoveryCheck');
  const [program = 'kubectl'] = findKubectls();
  const got = await kubectl(
    program,
    'get',
    '--raw',
    `/apis/${GROUP_VERSION}/namespaces/default/things`,
  );
  expect(got.stderr).toContain('the server is currently unable to handle the request');
  isUp = true;
  await expect.poll(available).toBe('True Passed');
});

it('holds back a namespace while it cannot be asked, and is asked to give up its objects', async () => {
  await expect.poll(available).toBe('True Passed');
  const found = await discover(bed.api.client.transport);
  expect(found.failures.size).toBe(0);
  expect(found.resources.map((one) => one.type.resource)).toContain('things');
  isUp = false;
  const body = { metadata: { labels: { touched: 'again' } } };
  const patch = { type: 'application/merge-patch+json', body } as const;
  await bed.api.client.patch(API_SERVICES, { name: 'v1.things.example.com' }, patch);
  await expect.poll(available).toBe('False FailedDiscoveryCheck');
  const { failures } = await discover(bed.api.client.transport);
  expect([...failures].map(([group, error]) => [group, (error as Error).message])).toEqual([
    [GROUP_VERSION, `stale GroupVersion discovery: ${GROUP_VERSION}`],
  ]);
  isUp = true;
});
