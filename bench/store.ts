import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '../src/storage/lmdb/lmdb-store.ts';
import type { Store } from '../src/storage/store.ts';
import { elapsedMs, median, type Result, type Row } from './load/figures.ts';

const VALUE_BYTES = 1500;
const SECONDS = 2;
const LISTED = 5000;

/** run measures the store on disk: durable creates, a list of 5,000, and how soon a watch sees a write. */
export async function run(): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-bench-store-'));
  const store = await openLmdbStore(directory);
  try {
    const rows: Row[] = [];
    for (const clients of [1, 16, 64]) rows.push(await creates(store, clients));
    rows.push(...(await lists(store)), ...(await watchLatency(store)));
    return { name: 'store', rows };
  } finally {
    await store.close();
    await rm(directory, { recursive: true });
  }
}

async function creates(store: Store, clients: number): Promise<Row> {
  const value = Buffer.alloc(VALUE_BYTES, 'x');
  const start = performance.now();
  let count = 0;
  const client = async (number: number): Promise<void> => {
    for (let i = 0; performance.now() - start < SECONDS * 1000; i += 1) {
      const key = `/create/${clients}/${number}/${i}`;
      await store.write({ key, value, expectedModRevision: 0 });
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  const perSecond = count / ((performance.now() - start) / 1000);
  const goals: Record<number, string> = { 1: '1,300', 64: '40,000' };
  const goal = goals[clients];
  const work = `durable creates of ${VALUE_BYTES} bytes, ${clients} at once`;
  return { work, value: perSecond, unit: '/s', ...(goal ? { goal } : {}) };
}

async function lists(store: Store): Promise<Row[]> {
  const value = Buffer.alloc(VALUE_BYTES, 'x');
  const keys = Array.from({ length: LISTED }, (_, i) => `/list/${String(i).padStart(6, '0')}`);
  await Promise.all(keys.map((key) => store.write({ key, value, expectedModRevision: 0 })));
  const revision = await store.currentRevision();
  const newest = await medianMs(20, async () => {
    const { items } = await store.list('/list/');
    if (items.length !== LISTED) throw new Error(`listed ${items.length}`);
  });
  await store.write({
    key: '/list/000000',
    value: null,
    expectedModRevision: revision - LISTED + 1,
  });
  const older = await medianMs(20, () => store.list('/list/', { revision }));
  return [
    { work: `list of ${LISTED}`, value: newest, unit: 'ms' },
    { work: `list of ${LISTED} at an older revision`, value: older, unit: 'ms' },
  ];
}

async function watchLatency(store: Store): Promise<Row[]> {
  let seen: () => void = () => undefined;
  const watch = store.watch('/watched/', await store.currentRevision(), {
    onEvents: (events) => {
      if (events.length > 0) seen();
    },
    onError: (error) => {
      throw error;
    },
  });
  let serial = 0;
  const value = await medianMs(200, async () => {
    serial += 1;
    const event = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const key = `/watched/${serial}`;
    await store.write({ key, value: Buffer.alloc(VALUE_BYTES), expectedModRevision: 0 });
    await event;
  });
  watch.close();
  return [{ work: 'durable write until its watch sees it', value, unit: 'ms' }];
}

async function medianMs(times: number, work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < times; i += 1) taken.push(await elapsedMs(work));
  return median(taken);
}
