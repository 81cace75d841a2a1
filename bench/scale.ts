import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathsOf } from '../src/cmd/platform/paths.ts';
import { openLmdbStore } from '../src/storage/lmdb/lmdb-store.ts';
import { each } from './load/client.ts';
import { type LongRequest, longDeletes, longReads } from './load/long-requests.ts';
import { configMap, LIST_NAMESPACE, pathOf, pod, prepare } from './load/objects.ts';
import { startSampan } from './load/sampan-target.ts';
import { ask, demand, memoryMb, type Target } from './load/target.ts';

interface Row {
  work: string;
  value: number;
  unit: string;
  goal?: string;
}

const CONFIG_MAPS = 100_000;
const PODS = 20_000;
const CLIENTS = 64;
const TO_DELETE = { collection: 'bench-collection', owned: 'bench-owned', namespace: 'bench-gone' };

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

/** longestTurnMs is the longest processor time between two turns of the event loop since it was last asked. */
async function longestTurnMs(target: Target): Promise<number> {
  const { text } = await ask(target, { method: 'GET', path: '/metrics' });
  const seconds = /^nodejs_eventloop_lag_max_processor_seconds (\S+)$/m.exec(text)?.[1];
  if (seconds === undefined) throw new Error('the server does not measure its event loop');
  return Number(seconds) * 1000;
}

/** measureStops measures how long long requests take, and how long they keep others waiting. */
async function measureStops(
  target: Target,
  requests: readonly LongRequest[],
  all: string,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { work, run: send } of requests) {
    await longestTurnMs(target);
    rows.push({ work: `${work}, ${all}`, value: await timed(() => send(target)), unit: 'ms' });
    const value = await longestTurnMs(target);
    rows.push({ work: '  … longest stop of the event loop', value, unit: 'ms', goal: '50' });
  }
  return rows;
}

/** fillForDeletes makes so many ConfigMaps in each of three namespaces; in one of them they have an owner. */
async function fillForDeletes(target: Target, count: number): Promise<void> {
  for (const namespace of Object.values(TO_DELETE)) {
    const path = pathOf('configmaps', undefined, namespace);
    const create = (to: string, body: object) => demand(target, { method: 'POST', path: to, body });
    const names = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    await create('/api/v1/namespaces', names);
    const { metadata } = await demand<{ metadata: { uid: string } }>(target, {
      method: 'POST',
      path,
      body: configMap('owner'),
    });
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadata.uid };
    const more = namespace === TO_DELETE.owned ? { ownerReferences: [owner] } : {};
    await each(target, { clients: CLIENTS, count }, (index) => ({
      method: 'POST',
      path,
      body: configMap(`c-${String(index).padStart(6, '0')}`, more),
    }));
  }
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

/** measureDeletes measures deletes of many objects, with the controllers that carry them out. */
async function measureDeletes(directory: string, count: number): Promise<Row[]> {
  const { target } = await startSampan(directory, ['0', 'collect']);
  try {
    await fillForDeletes(target, count);
    const each = `${count.toLocaleString('en')} objects`;
    return await measureStops(target, longDeletes(TO_DELETE), each);
  } finally {
    await target.stop();
  }
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
      ...(await measureStops(target, longReads(pods, LIST_NAMESPACE), all)),
      { work: `memory after lists, ${all}`, value: await memoryMb(target), unit: 'MB' },
    ];
    await target.stop();
    rows.push({ work: `start, ${all}`, value: await target.start(), unit: 'ms' });
    rows.push({ work: `memory after start, ${all}`, value: await memoryMb(target), unit: 'MB' });
    await target.stop();
    return [
      ...rows,
      ...(await measureDeletes(directory, pods)),
      await measureCompaction(directory, all),
    ];
  } finally {
    await target.stop();
  }
}

/**
 * run measures a store of 100,000 ConfigMaps and 20,000 Pods, and one of a tenth, for the growth;
 * the part `large` is the former alone.
 */
export async function run(part?: string): Promise<{ name: string; rows: Row[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-bench-scale-'));
  try {
    const rows = part === 'large' ? [] : await measureSize(join(directory, 'small'), 0.1);
    rows.push(...(await measureSize(join(directory, 'large'), 1)));
    return { name: 'scale', rows };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
