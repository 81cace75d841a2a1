import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { each } from './load/client.ts';
import { measureCompaction } from './load/compaction.ts';
import { elapsedMs, type Result, type Row } from './load/figures.ts';
import { type LongRequest, longDeletes, longReads } from './load/long-requests.ts';
import { configMap, LIST_NAMESPACE, pathOf, pod, prepare } from './load/objects.ts';
import { type SampanTarget, startSampan } from './load/sampan-target.ts';
import { longestTurnMs } from './load/stops.ts';
import { demand, memoryMb, type Target } from './load/target.ts';

const CONFIG_MAPS = 100_000;
const PODS = 20_000;
const CLIENTS = 64;
const CHANGES = 4000;
const STOP = '  … longest stop of the event loop';
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

/** measureStops measures how long long requests take, and how long they keep others waiting. */
async function measureStops(
  target: Target,
  requests: readonly LongRequest[],
  all: string,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { work, run: send } of requests) {
    await longestTurnMs(target);
    rows.push({ work: `${work}, ${all}`, value: await elapsedMs(() => send(target)), unit: 'ms' });
    const value = await longestTurnMs(target);
    rows.push({ work: STOP, value, unit: 'ms', goal: '50' });
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

/** measureStart starts a server again, on the port that it had. */
async function measureStart(target: SampanTarget, all: string): Promise<Row[]> {
  const value = await target.start();
  const stopMs = await longestTurnMs(target);
  return [
    { work: `start, ${all}`, value, unit: 'ms', goal: '1,000' },
    { work: '  … longest stop since the port was open', value: stopMs, unit: 'ms', goal: '50' },
    { work: `memory after start, ${all}`, value: await memoryMb(target.pids()), unit: 'MB' },
  ];
}

/** compactionRows measure a compaction of all history beside 16 writers. */
async function compactionRows(target: SampanTarget, all: string): Promise<Row[]> {
  const seen = await measureCompaction(target, CHANGES);
  return [
    { work: `changes, 16 clients, ${all}`, value: seen.rateBefore, unit: '/s' },
    { work: STOP, value: seen.stopBeforeMs, unit: 'ms', goal: '50' },
    { work: `  … while history is compacted`, value: seen.rateDuring, unit: '/s' },
    { work: STOP, value: seen.stopDuringMs, unit: 'ms', goal: '50' },
    { work: `compaction of all history, ${all}`, value: seen.compactionMs, unit: 'ms' },
  ];
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
    const fillMs = await elapsedMs(() => fill(target, maps, pods));
    const rows: Row[] = [
      {
        work: `creates, ${CLIENTS} clients, ${all}`,
        value: (maps + pods) / (fillMs / 1000),
        unit: '/s',
      },
      { work: `memory, ${all}`, value: await memoryMb(target.pids()), unit: 'MB' },
      ...(await measureStops(target, longReads(pods, LIST_NAMESPACE), all)),
      { work: `memory after lists, ${all}`, value: await memoryMb(target.pids()), unit: 'MB' },
    ];
    await target.stop();
    rows.push(...(await measureStart(target, all)));
    rows.push(...(await compactionRows(target, all)));
    await target.stop();
    rows.push(...(await measureDeletes(directory, pods)));
    return rows;
  } finally {
    await target.stop();
  }
}

/**
 * run measures a store of 100,000 ConfigMaps and 20,000 Pods, and one of a tenth, for the growth;
 * the part `large` is the former alone.
 */
export async function run(part?: string): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-bench-scale-'));
  try {
    const rows = part === 'large' ? [] : await measureSize(join(directory, 'small'), 0.1);
    rows.push(...(await measureSize(join(directory, 'large'), 1)));
    return { name: 'scale', rows };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
