import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, createToWatchMs, each, openClients, pagedListMs } from './load/client.ts';
import { fanOut } from './load/fan-out.ts';
import { percentile, type Result, type Row } from './load/figures.ts';
import { kubePrograms, startKube } from './load/kube-target.ts';
import { configMap, LIST_NAMESPACE, pathOf, pod, prepare } from './load/objects.ts';
import { startSampan } from './load/sampan-target.ts';
import { demand, memoryMb, type Target } from './load/target.ts';
import { drive, type Load, NAME, nameOf, threadsOf } from './load/wrk.ts';

interface Contestant {
  readonly target: Target;
  readonly token: string;
  readonly startMs: number;
}

type Work = Omit<Load, 'clients' | 'requests' | 'prefix'>;
type Figure = Omit<Row, 'value' | 'other'>;

const PODS = 5000;
const WATCHES = 200;
const UPDATES = 200;
const WRITERS = 8;
const LATENCIES = 500;
/** Both are measured in turns, so that they meet the same noise. */
const ROUNDS = 2;
/** What takes less than a second differs more from round to round. */
const SHORT_ROUNDS = 4;
/** How many objects of each thread of the load generator are there to be read and changed. */
const NAMES = 1000;
const DELETES = 3000;
const WRITES = 10_000;
/** How many writes of a kind a server has seen when it is measured. */
const FIRST_WRITES = 25_000;
const THREADS = threadsOf(64);
/** About how many objects there are in the end. */
const STORED = 95_000;
/** How long both may rest before what memory they keep is measured. */
const REST_MS = 20_000;
const TWICE = '≥ 2 ×';

const body = JSON.stringify(configMap(NAME));
const ONE = pathOf('configmaps', NAME);
const CREATE: Work = { method: 'POST', path: pathOf('configmaps'), body };
const CREATE_POD: Work = { method: 'POST', path: pathOf('pods'), body: JSON.stringify(pod(NAME)) };
const GET: Work = { method: 'GET', path: ONE, names: NAMES };
const GET_CACHED: Work = { ...GET, path: `${ONE}?resourceVersion=0` };
const PATCH: Work = {
  method: 'PATCH',
  path: ONE,
  body: '{"data":{"last":"{serial}"}}',
  contentType: 'application/merge-patch+json',
  names: NAMES,
};
const PUT: Work = { method: 'PUT', path: ONE, body: body.replace('xx', '{serial}'), names: NAMES };
const DELETE: Work = { method: 'DELETE', path: ONE };
const LIST: Work = { method: 'GET', path: pathOf('pods', undefined, LIST_NAMESPACE) };
const LIST_CACHED: Work = { ...LIST, path: `${LIST.path}?resourceVersion=0` };

/** Measurements collects the figures of all contestants for one table. */
class Measurements {
  readonly rows: Row[] = [];
  readonly #contestants: readonly Contestant[];
  #serial = 0;

  constructor(contestants: readonly Contestant[]) {
    this.#contestants = contestants;
  }

  /** each measures all contestants in turns; the row shows the means. */
  async each(
    row: Figure,
    rounds: number,
    measure: (one: Contestant, serial: number) => Promise<number>,
  ): Promise<void> {
    const sums = this.#contestants.map(() => 0);
    for (let round = 0; round < rounds; round += 1) {
      this.#serial += 1;
      for (const [index, one] of this.#contestants.entries()) {
        sums[index] = (sums[index] ?? 0) + (await measure(one, this.#serial));
      }
    }
    const [value = 0, other] = sums.map((sum) => sum / rounds);
    this.rows.push({ ...row, value, other });
    console.error(`bench: ${row.work}: ${value.toFixed(2)} ${other?.toFixed(2) ?? ''} ${row.unit}`);
  }

  /**
   * load measures a load: its rate, and what one request costs the server. What comes first, `first`
   * requests of it, is shown apart: a server that has just been started is warm after some ten thousand.
   */
  async load(
    work: string,
    load: Work,
    at: {
      readonly clients: number;
      readonly requests?: number;
      readonly first?: number;
      readonly goal?: string;
    },
  ): Promise<void> {
    const cpuMs = new Map<Contestant, number>();
    const { clients, requests, first: firstRequests = requests, goal } = at;
    const title = `${work}, ${clients} ${clients === 1 ? 'client' : 'clients'}`;
    const row = { work: title, unit: '/s', ...(goal ? { goal } : {}) };
    const oneRound = async (one: Contestant, serial: number, count = requests) => {
      // Names that come again are those of the objects that were made before.
      const prefix = load.names === undefined ? `n${serial}` : 'kept';
      const wanted = { ...load, clients, prefix, ...(count ? { requests: count } : {}) };
      return drive(one.target, wanted, one.token);
    };
    const first = { work: `${title}, the first time`, unit: '/s' };
    await this.each(
      first,
      1,
      async (...round) => (await oneRound(...round, firstRequests)).perSecond,
    );
    await this.each(row, ROUNDS, async (one, serial) => {
      const result = await oneRound(one, serial);
      cpuMs.set(one, (cpuMs.get(one) ?? 0) + result.cpuMs / ROUNDS);
      return result.perSecond;
    });
    const [value = 0, other] = this.#contestants.map((one) => cpuMs.get(one) ?? 0);
    this.rows.push({ work: '  … processor time of one', unit: 'ms', value, other });
  }
}

async function seed(target: Target, prefix: string, count: number): Promise<void> {
  await each(target, { clients: 64, count: count * THREADS }, (index) => ({
    method: 'POST',
    path: pathOf('configmaps'),
    body: configMap(nameOf(prefix, index % THREADS, Math.floor(index / THREADS))),
  }));
}

async function measureWrites(all: Measurements): Promise<void> {
  await all.load('create ConfigMap 1 KiB', CREATE, { clients: 1, requests: 1000 });
  const write = { first: FIRST_WRITES, requests: WRITES, goal: TWICE };
  await all.load('create ConfigMap 1 KiB', CREATE, { ...write, clients: 16 });
  await all.load('create ConfigMap 1 KiB', CREATE, { ...write, clients: 64, first: WRITES });
  await all.load('create Pod', CREATE_POD, { clients: 64, first: 8000, requests: 4000 });
  await all.load('merge patch', PATCH, { ...write, clients: 16 });
  await all.load('merge patch', PATCH, { ...write, clients: 64, first: WRITES });
  await all.load('put', PUT, { clients: 16, requests: 8000 });
  const row = { work: 'delete, 16 clients', unit: '/s' };
  await all.each(row, 1, async ({ target, token }) => {
    // Some are asked for when the last has been answered.
    await seed(target, 'gone', DELETES / THREADS + 16);
    const load = { ...DELETE, clients: 16, requests: DELETES, prefix: 'gone' };
    return (await drive(target, load, token)).perSecond;
  });
}

async function measureReads(all: Measurements): Promise<void> {
  await all.load('get', GET, { clients: 1, requests: 3000, goal: TWICE });
  await all.load('get', GET, { clients: 16, requests: 12_000, goal: TWICE });
  await all.load('get', GET, { clients: 64, requests: 16_000, goal: TWICE });
  await all.load('get at resourceVersion 0', GET_CACHED, { clients: 64, requests: 20_000 });
  await all.load(`list ${PODS} Pods`, LIST, { clients: 1, goal: TWICE });
  await all.load(`list ${PODS} Pods`, LIST, { clients: 4, goal: TWICE });
  await all.load(`list ${PODS} Pods at resourceVersion 0`, LIST_CACHED, { clients: 1 });
  const row = { work: `list ${PODS} Pods, pages of 500`, unit: 'ms' };
  await all.each(row, ROUNDS, async ({ target }) => {
    const { ms, items } = await pagedListMs(target, LIST.path, 500);
    if (items !== PODS) throw new Error(`${target.name}: the pages have ${items} pods`);
    return ms;
  });
}

/** watchPath makes an object and answers the path of a watch of its resource that begins after it. */
async function watchPath(target: Target, name: string, selector: string): Promise<string> {
  const path = pathOf('configmaps');
  const made = { method: 'POST', path, body: configMap(name) };
  const { metadata } = await demand<{ metadata: { resourceVersion: string } }>(target, made);
  return `${path}?watch=1&resourceVersion=${metadata.resourceVersion}&${selector}`;
}

/** measureLatency measures how long after a create was sent a watch has its event. */
async function measureLatency(
  all: Measurements,
  work: string,
  { rounds, goal }: { readonly rounds: number; readonly goal?: string },
): Promise<void> {
  const times = new Map<Contestant, number[]>();
  const row = { work: `${work}, p50`, unit: 'ms', ...(goal ? { goal } : {}) };
  await all.each(row, rounds, async (one, serial) => {
    const watch = await watchPath(one.target, `late-${serial}`, 'labelSelector=latency');
    const found = await createToWatchMs(one.target, watch, LATENCIES, (index) => ({
      method: 'POST',
      path: pathOf('configmaps'),
      body: configMap(`late-${serial}-${index}`, { labels: { latency: '' } }),
    }));
    times.set(one, [...(times.get(one) ?? []), ...found]);
    return percentile(found, 0.5);
  });
  await all.each({ ...row, work: '  … p99' }, 1, async (one) =>
    percentile(times.get(one) ?? [], 0.99),
  );
}

async function measureWatches(all: Measurements): Promise<void> {
  const latency = 'create until a watch has it';
  await measureLatency(all, `${latency}, the first time`, { rounds: 1 });
  await measureLatency(all, latency, { rounds: SHORT_ROUNDS, goal: '≥ 1 ×' });
  await measureFanOut(all);
}

/** fanOutRows measures how long watches take to see updates, and what that costs the server. */
async function fanOutRows(
  all: Measurements,
  work: string,
  measure: (one: Contestant, serial: number) => ReturnType<typeof fanOut>,
): Promise<void> {
  const cpuMs = new Map<Contestant, number>();
  const first = { work: `${work}, the first time`, unit: 'ms' };
  await all.each(first, 1, async (...round) => (await measure(...round)).ms);
  await all.each({ work, unit: 'ms', goal: '≥ 3 ×' }, SHORT_ROUNDS, async (one, serial) => {
    const result = await measure(one, serial);
    cpuMs.set(one, (cpuMs.get(one) ?? 0) + result.cpuMs / SHORT_ROUNDS);
    return result.ms;
  });
  const row = { work: '  … processor time of the server', unit: 'ms' };
  await all.each(row, 1, async (one) => cpuMs.get(one) ?? 0);
}

/** fanOutOf measures the watches of what some clients do, whose connections are open before. */
async function fanOutOf(
  target: Target,
  watches: { readonly token: string; readonly path: string },
  callOf: (index: number) => Call,
): ReturnType<typeof fanOut> {
  const writers = await openClients(target, WRITERS);
  try {
    const all = { ...watches, count: WATCHES, events: UPDATES };
    return await fanOut(target, all, () => writers.each(UPDATES, callOf));
  } finally {
    await writers.close();
  }
}

async function measureFanOut(all: Measurements): Promise<void> {
  const updates = `${WATCHES} watches, ${UPDATES} updates of one object`;
  await fanOutRows(all, updates, async ({ target, token }, serial) => {
    const name = `fan-${serial}`;
    const path = await watchPath(target, name, `fieldSelector=metadata.name%3D${name}`);
    return fanOutOf(target, { token, path }, (index) => ({
      method: 'PATCH',
      path: pathOf('configmaps', name),
      body: { data: { count: String(index) } },
      contentType: 'application/merge-patch+json',
    }));
  });
  const creates = `${WATCHES} watches, ${UPDATES} creates, ${WRITERS} clients`;
  await fanOutRows(all, creates, async ({ target, token }, serial) => {
    const label = `many-${serial}`;
    const path = await watchPath(target, label, `labelSelector=${label}`);
    return fanOutOf(target, { token, path }, (index) => ({
      method: 'POST',
      path: pathOf('configmaps'),
      body: configMap(`${label}-${index}`, { labels: { [label]: '' } }),
    }));
  });
}

/** PARTS can be measured alone. */
const PARTS: Readonly<Record<string, (all: Measurements) => Promise<void>>> = {
  writes: measureWrites,
  reads: measureReads,
  watches: measureWatches,
};

async function measure(contestants: readonly Contestant[], part?: string): Promise<Row[]> {
  const all = new Measurements(contestants);
  await all.each({ work: 'start, empty store', unit: 'ms' }, 1, async (one) => one.startMs);
  const memory = (work: string, goal?: string) =>
    all.each({ work, unit: 'MB', ...(goal ? { goal } : {}) }, 1, ({ target }) =>
      memoryMb(target.pids()),
    );
  await memory('memory, idle');
  for (const { target } of contestants) {
    await seed(target, 'kept', NAMES);
    await each(target, { clients: 64, count: PODS }, (index) => ({
      method: 'POST',
      path: LIST.path,
      body: pod(`pod-${index}`),
    }));
  }
  for (const [name, measurePart] of Object.entries(PARTS)) {
    if (part === undefined || part === name) await measurePart(all);
  }
  await memory('memory after all this', '≥ 4 ×');
  if (part !== undefined) return all.rows;
  await sleep(REST_MS);
  await memory(`  … and ${REST_MS / 1000} s of rest`, '≥ 4 ×');
  const stored = `start, ${STORED.toLocaleString('en')} objects stored`;
  await all.each({ work: stored, unit: 'ms', goal: '1,000 ms' }, 1, async ({ target }) => {
    await target.stop();
    return target.start();
  });
  return all.rows;
}

/**
 * run measures the API server alone over HTTPS with the store on disk, and beside it, in turns,
 * a real kube-apiserver and etcd where the environment names them; all of it, or one part.
 */
export async function run(part?: string): Promise<Result> {
  if (part !== undefined && !(part in PARTS)) throw new Error(`there is no part ${part}`);
  const directory = await mkdtemp(join(tmpdir(), 'sampan-bench-'));
  const started: { target: Target; readyMs: number }[] = [];
  try {
    started.push(await startSampan(join(directory, 'sampan')));
    const programs = kubePrograms();
    if (programs) started.push(await startKube(programs, join(directory, 'kube')));
    const contestants: Contestant[] = [];
    for (const { target, readyMs } of started) {
      contestants.push({ target, startMs: readyMs, token: await prepare(target) });
    }
    return { name: 'API server', other: 'kube-apiserver', rows: await measure(contestants, part) };
  } finally {
    for (const { target } of started) await target.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
