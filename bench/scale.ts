import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathsOf } from '../src/cmd/platform/paths.ts';
import { openLmdbStore } from '../src/storage/lmdb/lmdb-store.ts';
import { each } from './load/client.ts';
import { configMap, LIST_NAMESPACE, pathOf, pod, prepare } from './load/objects.ts';
import { startSampan } from './load/sampan-target.ts';
import { ask, memoryMb, type Target } from './load/target.ts';

interface Row {
  work: string;
  value: number;
  unit: string;
  goal?: string;
}

const CONFIG_MAPS = 100_000;
const PODS = 20_000;
const CLIENTS = 64;

async function fill(target: Target, config: number, pods: number): Promise<void> {
  await each(target, { clients: CLIENTS, count: config }, (index) => ({
    method: 'POST',
    path: pathOf('configmaps'),
    body: configMap(`c-${String(index).padStart(6, '0')}`),
  }));
  await each(target, { clients: CLIENTS, count: pods }, (index) => ({
    method: 'POST',
    path: pathOf('pods', undefined, LIST_NAMESPACE),
    body: pod(`p-${String(index).padStart(6, '0')}`),
  }));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** lagMs is how long the event loop was held up at most since it was last asked. */
async function lagMs(target: Target): Promise<number> {
  const { text } = await ask(target, { method: 'GET', path: '/metrics' });
  const seconds = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1];
  if (seconds === undefined) throw new Error('the server does not measure its event loop');
  return Number(seconds) * 1000;
}

/** readAll reads an answer and lets go of its bytes; a watch is read until so many events have come. */
function readAll(target: Target, path: string, events = Number.POSITIVE_INFINITY): Promise<void> {
  const { port, caPem: ca, certPem: cert, keyPem: key } = target;
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, ca, cert, key, path, agent: false as const };
    const sent = request(options, (response) => {
      let seen = 0;
      if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`));
      response.on('data', (chunk: Buffer) => {
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) seen += 1;
        if (seen < events) return;
        resolve();
        sent.destroy();
      });
      response.once('end', resolve);
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end();
  });
}

const LIST_PODS = pathOf('pods', undefined, LIST_NAMESPACE);

/** measureReads measures how long long answers take, and how long they keep others waiting. */
async function measureReads(target: Target, pods: number, all: string): Promise<Row[]> {
  const reads: readonly (readonly [string, () => Promise<void>])[] = [
    ['list of all ConfigMaps', () => readAll(target, pathOf('configmaps'))],
    ['list of all Pods', () => readAll(target, LIST_PODS)],
    [
      'list of all Pods by a label',
      () => readAll(target, `${LIST_PODS}?labelSelector=app%3Dbench`),
    ],
    ['watch that begins with all Pods', () => readAll(target, `${LIST_PODS}?watch=1`, pods)],
  ];
  const rows: Row[] = [];
  for (const [work, read] of reads) {
    await lagMs(target);
    rows.push({ work: `${work}, ${all}`, value: await timed(read), unit: 'ms' });
    const value = await lagMs(target);
    rows.push({ work: '  … longest stop of the event loop', value, unit: 'ms', goal: '50' });
  }
  return rows;
}

/** measureCompaction forgets the history of a store that nobody has open. */
async function measureCompaction(directory: string, all: string): Promise<Row> {
  const store = await openLmdbStore(pathsOf(directory).store);
  const revision = await store.currentRevision();
  const value = await timed(() => store.compact(revision));
  await store.close();
  return {
    work: `compaction of ${revision.toLocaleString('en')} revisions, ${all}`,
    value,
    unit: 'ms',
  };
}

/** measureSize measures one size. Without front threads all work is that of the one event loop which is measured. */
async function measureSize(directory: string, part: number): Promise<Row[]> {
  const { target } = await startSampan(directory, ['0']);
  try {
    const [maps, pods] = [CONFIG_MAPS * part, PODS * part];
    const all = `${maps.toLocaleString('en')} + ${pods.toLocaleString('en')} objects`;
    await prepare(target);
    const fillMs = await timed(() => fill(target, maps, pods));
    const rows: Row[] = [
      {
        work: `creates, ${CLIENTS} clients, ${all}`,
        value: (maps + pods) / (fillMs / 1000),
        unit: '/s',
      },
      { work: `memory, ${all}`, value: await memoryMb(target), unit: 'MB' },
      ...(await measureReads(target, pods, all)),
      { work: `memory after lists, ${all}`, value: await memoryMb(target), unit: 'MB' },
    ];
    await target.stop();
    rows.push({ work: `start, ${all}`, value: await target.start(), unit: 'ms' });
    rows.push({ work: `memory after start, ${all}`, value: await memoryMb(target), unit: 'MB' });
    await target.stop();
    return [...rows, await measureCompaction(directory, all)];
  } finally {
    await target.stop();
  }
}

/** run measures a store of 100,000 ConfigMaps and 20,000 Pods, and one of a tenth, for the growth. */
export async function run(): Promise<{ name: string; rows: Row[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-bench-scale-'));
  try {
    const rows = await measureSize(join(directory, 'small'), 0.1);
    rows.push(...(await measureSize(join(directory, 'large'), 1)));
    return { name: 'scale', rows };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
