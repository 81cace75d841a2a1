import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Worker } from 'node:worker_threads';
import { Client } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/apis/core/v1/types.ts';
import { CONFIG_MAPS, NAMESPACES, PODS, SERVICE_ACCOUNTS } from '../../src/apis/resource-types.ts';
import type { ControlPlane } from '../../src/cmd/server/control-plane.ts';
import { newTestLog } from './network-fixture.ts';
import { buildFrontProgram } from './support/front-program.ts';
import { startTestPlane } from './support/test-plane.ts';

const NAMESPACE = 'threads';
const COLLECTION = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

interface Answer {
  readonly status: number;
  readonly warning: string | string[] | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the answers of a server under test
  readonly body: any;
}

describe('front threads of the API server', () => {
  const workers: Worker[] = [];
  const onWorker = (message: unknown) => workers.push((message as { worker: Worker }).worker);
  let plane: ControlPlane;
  let directory: string;
  let origin: string;
  let tls: { ca: string; cert: string; key: string };

  beforeAll(async () => {
    subscribe('worker_threads', onWorker);
    const program = await buildFrontProgram();
    directory = await mkdtemp(join(tmpdir(), 'sampan-threads-'));
    const flags = { '--api-threads': '2' };
    const started = await startTestPlane(directory, { log: newTestLog(), flags });
    ({ plane, url: origin, tls } = started);
    await plane.startThreads(program);
    await plane.client.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE },
    });
  });
  afterAll(async () => {
    unsubscribe('worker_threads', onWorker);
    await plane.close();
    await rm(directory, { recursive: true });
  });

  /** connection is one connection of its own: neighbours are served by different threads. */
  function connection() {
    const client = new Client(origin, { connect: tls, pipelining: 1 });
    return {
      async send(
        method: string,
        path: string,
        body?: unknown,
        type = 'application/json',
      ): Promise<Answer> {
        const {
          statusCode,
          headers,
          body: answer,
        } = await client.request({
          method: method as 'GET',
          path,
          body: body === undefined ? null : JSON.stringify(body),
          headers: { 'content-type': type },
        });
        const text = await answer.text();
        const value = text.startsWith('{') ? JSON.parse(text) : text;
        return { status: statusCode, warning: headers.warning, body: value };
      },
      close: () => client.close(),
    };
  }

  function configMap(name: string) {
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { count: '0' } };
  }

  async function patched(one: ReturnType<typeof connection>, name: string, count: number) {
    const change = { data: { count: String(count) } };
    return one.send('PATCH', `${COLLECTION}/${name}`, change, 'application/merge-patch+json');
  }

  it('counts together what all threads serve', async () => {
    const connections = [connection(), connection(), connection()];
    const [one] = connections;
    await one?.send('POST', COLLECTION, configMap('counted'));
    const place = `verb="GET",dry_run="",group="",version="v1",resource="configmaps",subresource="",scope="resource",component="apiserver",code="200"`;
    const counted = async () => {
      const { body } = (await one?.send('GET', '/metrics')) ?? { body: '' };
      const line = String(body)
        .split('\n')
        .find((text) => text.startsWith(`apiserver_request_total{${place}} `));
      return Number(line?.split(' ').at(-1) ?? 0);
    };
    const before = await counted();
    for (const each of connections) {
      for (let index = 0; index < 10; index += 1) await each.send('GET', `${COLLECTION}/counted`);
    }
    await expect.poll(counted).toBe(before + 30);
    for (const each of connections) await each.close();
  });

  it('shows every acknowledged write on all connections at once, thousands of times', async () => {
    const all = Array.from({ length: 4 }, connection);
    const at = (index: number) => all[index % all.length] as ReturnType<typeof connection>;
    expect((await at(0).send('POST', COLLECTION, configMap('shared'))).status).toBe(201);
    for (let count = 1; count <= 1500; count += 1) {
      const written = await patched(at(count), 'shared', count);
      expect(written.status).toBe(200);
      const { resourceVersion } = written.body.metadata;
      const read = await at(count + 1).send('GET', `${COLLECTION}/shared`);
      expect(read.body).toEqual(written.body);
      const list = await at(count + 2).send(
        'GET',
        `${COLLECTION}?fieldSelector=metadata.name=shared`,
      );
      expect(list.body.items.map((one: { data: object }) => one.data)).toEqual([
        { count: String(count) },
      ]);
      expect(Number(list.body.metadata.resourceVersion)).toBeGreaterThanOrEqual(
        Number(resourceVersion),
      );
    }
    const inside = await plane.client.get(CONFIG_MAPS, { namespace: NAMESPACE, name: 'shared' });
    expect(inside.data).toEqual({ count: '1500' });
    await Promise.all(all.map((one) => one.close()));
  });

  it.each(['secrets', 'configmaps', 'services', 'serviceaccounts'])(
    'shows %s that one thread made or removed on the other',
    async (resource) => {
      const [one, other] = [connection(), connection()];
      const path = `/api/v1/namespaces/${NAMESPACE}/${resource}`;
      const spec = resource === 'services' ? { spec: { ports: [{ port: 80 }] } } : {};
      for (let round = 0; round < 50; round += 1) {
        const name = `round-${round}`;
        const made = await one.send('POST', path, { metadata: { name }, ...spec });
        expect(made.status).toBe(201);
        expect((await other.send('GET', `${path}/${name}`)).body).toEqual(made.body);
        expect((await other.send('DELETE', `${path}/${name}`)).status).toBe(200);
        expect((await one.send('GET', `${path}/${name}`)).status).toBe(404);
      }
      await Promise.all([one.close(), other.close()]);
    },
  );

  it('loses no update when all threads change one object', async () => {
    const all = Array.from({ length: 6 }, connection);
    await all[0]?.send('POST', COLLECTION, configMap('contested'));
    await Promise.all(
      all.map(async (one, writer) => {
        for (let round = 0; round < 20; round += 1) {
          const change = { data: { [`w${writer}-${round}`]: 'x' } };
          const path = `${COLLECTION}/contested`;
          const type = 'application/merge-patch+json';
          expect((await one.send('PATCH', path, change, type)).status).toBe(200);
        }
      }),
    );
    const { body } = await (all[1] as ReturnType<typeof connection>).send(
      'GET',
      `${COLLECTION}/contested`,
    );
    expect(Object.keys(body.data)).toHaveLength(121);
    await Promise.all(all.map((one) => one.close()));
  });

  interface Watching {
    readonly seen: number[];
    readonly ended: Promise<unknown>;
    close(): void;
  }

  /** watching follows an object on a connection of its own. */
  async function watching(name: string): Promise<Watching> {
    const path = `${COLLECTION}?watch=1&fieldSelector=metadata.name%3D${name}`;
    const request = httpsRequest(`${origin}${path}`, { ...tls, agent: false }).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const seen: number[] = [];
    let rest = '';
    response.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) seen.push(Number(JSON.parse(line).object.data.count));
    });
    // A connection that is cut off is an error, and an end.
    response.on('error', () => undefined);
    const ended = new Promise((resolve) => response.once('close', resolve));
    return { seen, ended, close: () => request.destroy() };
  }

  it('tells watches on all threads every change, in order', async () => {
    const writer = connection();
    await writer.send('POST', COLLECTION, configMap('watched'));
    const watches = await Promise.all(Array.from({ length: 6 }, () => watching('watched')));
    for (let count = 1; count <= 300; count += 1) await patched(writer, 'watched', count);
    const all = Array.from({ length: 301 }, (_, count) => count);
    for (const one of watches) {
      await expect.poll(() => one.seen.length).toBe(301);
      expect(one.seen).toEqual(all);
      one.close();
    }
    await writer.close();
  });

  it('hands over what is not stored, and answers as the main thread does', async () => {
    const [one, other] = [connection(), connection()];
    for (const each of [one, other]) {
      expect((await each.send('GET', '/version')).body.major).toBe('1');
      expect((await each.send('GET', '/api/v1')).body.kind).toBe('APIResourceList');
      expect((await each.send('GET', '/apis/nosuch.io/v1/things')).status).toBe(404);
      const review = await each.send(
        'POST',
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        {
          spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
        },
      );
      expect(review.body.status.allowed).toBe(true);
      const large = { ...configMap('large'), data: { text: 'x'.repeat(2 ** 22) } };
      expect((await each.send('POST', COLLECTION, large)).status).toBe(413);
    }
    await Promise.all([one.close(), other.close()]);
  });

  it('warns with failures, whether a request is handed over or not', async () => {
    const [one, other] = [connection(), connection()];
    const body = { metadata: { name: 'NO' }, nope: 1 };
    for (const each of [one, other]) {
      for (const path of [COLLECTION, `/api/v1/namespaces/${NAMESPACE}/services`]) {
        const refused = await each.send('POST', path, body);
        expect(refused).toMatchObject({ status: 422, warning: '299 - "unknown field \\"nope\\""' });
      }
    }
    await Promise.all([one.close(), other.close()]);
  });

  it('tells who sends a request that is handed over', async () => {
    await plane.client.create(SERVICE_ACCOUNTS, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'robot', namespace: NAMESPACE },
    });
    const admin = connection();
    const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/robot/token`;
    const { body } = await admin.send('POST', path, { spec: {} });
    const client = new Client(origin, { connect: { ca: tls.ca } });
    const send = async (token: string, forged?: string) => {
      const answer = await client.request({
        method: 'POST',
        path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          ...(forged === undefined ? {} : { 'x-sampan-handed': forged }),
        },
        body: '{}',
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    };
    const name = `system:serviceaccount:${NAMESPACE}:robot`;
    expect((await send(body.status.token)).text).toContain(name);
    expect((await send(body.status.token, 'a b c')).text).toContain(name);
    expect((await send('wrong')).status).toBe(401);
    await Promise.all([client.close(), admin.close()]);
  });

  it('carries streams that take over the connection, both ways', async () => {
    let close: () => void = () => undefined;
    plane.nodes.set('node-1', {
      async connect(_path, { upgrade }) {
        const socket = upgrade?.socket as Duplex;
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n',
        );
        socket.on('data', (bytes: Buffer) => socket.write(bytes));
        socket.once('close', () => close());
        return undefined;
      },
    });
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'echo', namespace: NAMESPACE },
      spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'x' }] },
    };
    await plane.client.create(SERVICE_ACCOUNTS, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: NAMESPACE },
    });
    await plane.client.create(PODS, pod);
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/echo/exec?command=x&stdin=true`;
    const headers = { connection: 'Upgrade', upgrade: 'SPDY/3.1' };
    const sent = Buffer.alloc(8 * 2 ** 20, 'abcdefghij');
    for (let round = 0; round < 2; round += 1) {
      const request = httpsRequest(`${origin}${path}`, {
        ...tls,
        method: 'POST',
        headers,
        agent: false,
      }).end();
      const [answer, socket] = (await once(request, 'upgrade')) as [IncomingMessage, Duplex];
      expect(answer.statusCode).toBe(101);
      const isClosed = new Promise<void>((resolve) => {
        close = resolve;
      });
      const received: Buffer[] = [];
      socket.on('data', (bytes: Buffer) => received.push(bytes));
      socket.write(sent);
      const isBack = () => received.reduce((sum, bytes) => sum + bytes.length, 0) >= sent.length;
      await expect.poll(isBack).toBe(true);
      socket.destroy();
      await isClosed;
      expect(Buffer.concat(received).equals(sent)).toBe(true);
    }
  });

  it('goes on when a thread ends, and replaces it', async () => {
    const [first] = workers;
    const alive = workers.length;
    const writer = connection();
    await writer.send('POST', COLLECTION, configMap('survivor'));
    const watches = [await watching('survivor'), await watching('survivor')];
    await first?.terminate();
    await Promise.race(watches.map((one) => one.ended));
    for (let count = 0; count < 4; count += 1) {
      const next = connection();
      expect((await next.send('GET', `${COLLECTION}/survivor`)).status).toBe(200);
      await next.close();
    }
    await expect.poll(() => workers.length).toBe(alive + 1);
    for (const one of watches) one.close();
    await writer.close().catch(() => undefined);
  });
});
