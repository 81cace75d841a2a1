import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { CONFIG_MAPS, PODS } from '../src/apis/resource-types.ts';
import { newHttpTransport } from '../src/client/http-transport.ts';
import { newClient } from '../src/client/rest-client.ts';

interface Row {
  work: string;
  value: number;
  unit: string;
  goal?: string;
}

/** The figures of kube-apiserver 1.26 with etcd 3.4 on a machine like ours are the goals' base. */
const OBJECTS = 5000;
const WATCHERS = 200;
const UPDATES = 200;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function startServer(directory: string, port: number) {
  const program = fileURLToPath(new URL('./programs/control-plane.mjs', import.meta.url));
  const started = performance.now();
  const child = fork(program, [directory, String(port)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return { child, readyMs: performance.now() - started };
}

async function memoryMb(child: ChildProcess): Promise<number> {
  child.send('memory');
  const [answer] = (await once(child, 'message')) as [{ rssBytes: number }];
  return answer.rssBytes / 1e6;
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

interface Connection {
  readonly origin: string;
  readonly tls: { ca: string; cert: string; key: string };
}

/** perSecond runs `count` requests on as many connections as there are clients. */
async function perSecond(
  connection: Connection,
  clients: number,
  count: number,
  request: (index: number) => {
    method: 'GET' | 'POST' | 'PATCH';
    path: string;
    body?: string;
    type?: string;
  },
): Promise<number> {
  const pool = new Pool(connection.origin, {
    connections: clients,
    pipelining: 1,
    connect: connection.tls,
  });
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const { method, path, body, type = 'application/json' } = request(next++);
      const answer = await pool.request({
        method,
        path,
        body: body ?? null,
        headers: { 'content-type': type },
      });
      if (answer.statusCode >= 300)
        throw new Error(`${method} ${path}: ${answer.statusCode} ${await answer.body.text()}`);
      await answer.body.dump();
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, worker));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  return count / seconds;
}

const filler = 'x'.repeat(900);
const configMap = (name: string) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { filler } });
const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'bench' } },
  spec: {
    containers: [
      {
        name: 'main',
        image: 'registry.example.com/app:1',
        env: Array.from({ length: 20 }, (_, index) => ({
          name: `VARIABLE_${index}`,
          value: filler.slice(0, 100),
        })),
      },
    ],
  },
});

const NAMESPACE = 'bench';
const path = (resource: string, name = '') =>
  `/api/v1/namespaces/${NAMESPACE}/${resource}${name && `/${name}`}`;

async function median(times: number, work: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < times; round += 1) values.push(await work());
  return values.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
}

async function listMs(connection: Connection, target: string): Promise<number> {
  const pool = new Pool(connection.origin, { connections: 1, connect: connection.tls });
  const result = await median(5, async () => {
    const started = performance.now();
    const { body } = await pool.request({ method: 'GET', path: target });
    await body.arrayBuffer();
    return performance.now() - started;
  });
  await pool.close();
  return result;
}

/** fanOutMs is how long until every watcher has seen every update. */
async function fanOutMs(connection: Connection): Promise<number> {
  const pool = new Pool(connection.origin, { connections: WATCHERS, connect: connection.tls });
  const target = `${path('configmaps')}?watch=1&fieldSelector=metadata.name%3Dfan`;
  let seen = 0;
  let all: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    all = resolve;
  });
  for (let index = 0; index < WATCHERS; index += 1) {
    const { body } = await pool.request({ method: 'GET', path: target });
    body.on('data', (chunk: Buffer) => {
      for (const byte of chunk) if (byte === 10) seen += 1;
      if (seen >= WATCHERS * (UPDATES + 1)) all();
    });
    body.on('error', () => undefined);
  }
  const started = performance.now();
  await perSecond(connection, 8, UPDATES, (index) => ({
    method: 'PATCH',
    path: path('configmaps', 'fan'),
    body: JSON.stringify({ data: { count: String(index) } }),
    type: 'application/merge-patch+json',
  }));
  await done;
  const elapsed = performance.now() - started;
  await pool.destroy();
  return elapsed;
}

async function measure(directory: string): Promise<Row[]> {
  const port = await freePort();
  let { child, readyMs } = await startServer(directory, port);
  const rows: Row[] = [{ work: 'start, empty store', value: readyMs, unit: 'ms', goal: '1,000' }];
  const read = (file: string) => readFile(join(directory, 'pki', file), 'utf8');
  const [ca, cert, key] = [await read('ca.crt'), await read('admin.crt'), await read('admin.key')];
  const connection = { origin: `https://127.0.0.1:${port}`, tls: { ca, cert, key } };
  rows.push({ work: 'memory, idle', value: await memoryMb(child), unit: 'MB' });
  const client = newClient(
    newHttpTransport({ server: connection.origin, caPem: ca, certPem: cert, keyPem: key }),
  );
  await perSecond(connection, 1, 1, () => ({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }),
  }));
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await perSecond(connection, 1, 1, () => ({
    method: 'POST',
    path: path('serviceaccounts'),
    body: JSON.stringify(account),
  }));
  await perSecond(connection, 1, 1, () => ({
    method: 'POST',
    path: path('configmaps'),
    body: configMap('fan'),
  }));

  let created = 0;
  for (const [clients, count, goal] of [
    [1, 500, '1,316'],
    [16, 3000, '5,802'],
    [64, 6000, '7,646'],
  ] as const) {
    const base = created;
    const value = await perSecond(connection, clients, count, (index) => ({
      method: 'POST',
      path: path('configmaps'),
      body: configMap(`c-${base + index}`),
    }));
    created += count;
    rows.push({ work: `create ConfigMap 1 KiB, ${clients} clients`, value, unit: '/s', goal });
  }
  const pods = await perSecond(connection, 64, OBJECTS, (index) => ({
    method: 'POST',
    path: path('pods'),
    body: JSON.stringify(pod(`p-${index}`)),
  }));
  rows.push({ work: 'create Pod, 64 clients', value: pods, unit: '/s', goal: '2,296' });
  for (const [clients, goal] of [
    [1, '2,512'],
    [16, '12,448'],
    [64, '15,758'],
  ] as const) {
    const value = await perSecond(connection, clients, clients * 500, (index) => ({
      method: 'GET',
      path: path('configmaps', `c-${index % created}`),
    }));
    rows.push({ work: `get, ${clients} clients`, value, unit: '/s', goal });
  }
  const patches = await perSecond(connection, 16, 3000, (index) => ({
    method: 'PATCH',
    path: path('configmaps', `c-${index % created}`),
    body: '{"data":{"more":"1"}}',
    type: 'application/merge-patch+json',
  }));
  rows.push({ work: 'merge patch, 16 clients', value: patches, unit: '/s', goal: '4,336' });
  rows.push({
    work: `list ${OBJECTS} Pods`,
    value: await listMs(connection, path('pods')),
    unit: 'ms',
    goal: '269',
  });
  const fan = await fanOutMs(connection);
  rows.push({
    work: `${WATCHERS} watchers, ${UPDATES} updates, all seen`,
    value: fan,
    unit: 'ms',
    goal: '126',
  });
  rows.push({ work: 'memory after this', value: await memoryMb(child), unit: 'MB', goal: '575' });
  const [maps, podList] = await Promise.all([
    client.list(CONFIG_MAPS, { limit: 1 }),
    client.list(PODS, { limit: 1 }),
  ]);
  const stored = created + OBJECTS;
  await stop(child);
  ({ child, readyMs } = await startServer(directory, port));
  rows.push({
    work: `start, ${stored.toLocaleString('en')} objects stored`,
    value: readyMs,
    unit: 'ms',
    goal: '1,000',
  });
  await stop(child);
  if (maps.items.length + podList.items.length !== 2) throw new Error('the lists are not complete');
  return rows;
}

/** run measures the API server alone over HTTPS, from another process, with the store on disk. */
export async function run(): Promise<{ name: string; rows: Row[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-bench-'));
  try {
    return { name: 'API server', rows: await measure(directory) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
