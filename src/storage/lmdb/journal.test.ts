import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bytes, text } from '../contract/short-calls.ts';
import { type Store, StoreCorruptError } from '../store.ts';
import { Journal } from './journal.ts';
import { decodeFrames } from './journal-frame.ts';
import { openLmdbStore } from './lmdb-store.ts';

let root: string;
let count = 0;
const stores: Store[] = [];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sampan-journal-'));
});
afterAll(() => rm(root, { recursive: true }));
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

async function freshDirectory(): Promise<string> {
  count += 1;
  const directory = join(root, `s.${count}`);
  await mkdir(directory);
  return directory;
}

async function openIn(directory: string): Promise<Store> {
  const store = await openLmdbStore(directory);
  stores.push(store);
  return store;
}

async function put(store: Store, key: string, value: string): Promise<void> {
  const expectedModRevision = (await store.get(key))?.modRevision ?? 0;
  const result = await store.write({ key, value: bytes(value), expectedModRevision });
  expect(result.ok).toBe(true);
}

/** metaPages are the first pages of the tables, which every commit changes last. */
async function metaPages(directory: string): Promise<Buffer> {
  const file = await open(join(directory, 'data.mdb'));
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16_384), 0, 16_384, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * copyNow copies the files of an open store as a power cut would leave them, or some of them: all
 * of one moment, so a copy is made again when there was a commit meanwhile.
 */
async function copyNow(from: string, only = /^(data\.mdb|journal\.\d)$/): Promise<string> {
  const to = await freshDirectory();
  const names = (await readdir(from)).filter((name) => only.test(name));
  for (;;) {
    const before = await metaPages(from);
    for (const name of names) await copyFile(join(from, name), join(to, name));
    if (before.equals(await metaPages(from))) return to;
  }
}

async function content(store: Store): Promise<string> {
  const { items } = await store.list('');
  return items.map((one) => `${one.key}=${text(one.value)}@${one.modRevision}`).join(' ');
}

describe('the journal of a store', () => {
  it('brings back what the tables lost, with history', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory);
    await put(store, 'a', '1');
    await put(store, 'b', '1');
    await store.write({ key: 'a', value: null, expectedModRevision: 1 });
    await put(store, 'b', '2');
    const copy = await openIn(await copyNow(directory, /^journal/));
    expect(await content(copy)).toBe('b=2@4');
    expect(await content(store)).toBe('b=2@4');
    const old = await copy.list('', { revision: 2 });
    expect(old.items.map((one) => one.key)).toEqual(['a', 'b']);
    const seen: string[] = [];
    copy.watch('', 0, {
      onEvents: (events) => seen.push(...events.map((one) => one.type)),
      onError: () => undefined,
    });
    await expect.poll(() => seen).toEqual(['put', 'put', 'delete', 'put']);
    await put(copy, 'c', '1');
    expect(await content(copy)).toBe('b=2@4 c=1@5');
  });

  it('goes on when the process that brings it back is cut off too', async () => {
    let directory = await freshDirectory();
    let store = await openIn(directory);
    for (let round = 1; round <= 6; round += 1) {
      await put(store, 'a', String(round));
      directory = await copyNow(directory);
      store = await openIn(directory);
      expect(await content(store)).toBe(`a=${round}@${round}`);
    }
  });

  it('leaves out a batch that was torn', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory);
    await put(store, 'a', '1');
    await put(store, 'a', '2');
    const copy = await copyNow(directory, /^journal/);
    const file = join(copy, 'journal.0');
    const torn = await readFile(file);
    torn[torn.lastIndexOf('2')] = 0;
    await writeFile(file, torn);
    expect(await content(await openIn(copy))).toBe('a=1@1');
  });

  it('that is damaged in its midst is refused where the tables need it', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory);
    for (const value of ['1', '2', '3']) await put(store, 'a', value);
    await store.compact(3);
    const damage = async (copy: string) => {
      const file = join(copy, 'journal.0');
      const bytes = await readFile(file);
      bytes[bytes.lastIndexOf('2')] = 0;
      await writeFile(file, bytes);
      return copy;
    };
    await expect(openLmdbStore(await damage(await copyNow(directory, /^journal/)))).rejects.toThrow(
      /the journal lacks revision 2$/,
    );
    // Compacted: the tables have all of it.
    expect(await content(await openIn(await damage(await copyNow(directory))))).toBe('a=3@3');
  });

  it('takes no notice of what an earlier process left behind a batch that was torn', async () => {
    const directory = await freshDirectory();
    const first = await openLmdbStore(directory);
    // All frames are of one length, and a clean stop begins to count generations anew.
    for (const value of ['1', '2', '3']) await put(first, 'a', value);
    await first.close();
    const second = await openIn(directory);
    await put(second, 'a', '4');
    const copy = await copyNow(directory);
    const file = join(copy, 'journal.0');
    const torn = await readFile(file);
    torn[torn.indexOf('4', torn.indexOf('a'))] = 0;
    await writeFile(file, torn);
    expect(decodeFrames(torn).map((one) => one.records[0]?.revision)).toEqual([2, 3]);
    const third = await openIn(copy);
    expect(await third.currentRevision()).toBeGreaterThanOrEqual(3);
    await put(third, 'a', '5');
  });

  it('uses its files again and again, without losing any of it', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory);
    const value = Buffer.alloc(700_000, 'x');
    for (let i = 0; i < 20; i += 1) {
      await store.write({ key: `k/${i}`, value, expectedModRevision: 0 });
      if (i % 7 !== 0) continue;
      const copy = await openIn(await copyNow(directory));
      expect((await copy.list('k/')).items).toHaveLength(i + 1);
    }
    const generations = [];
    for (const name of ['journal.0', 'journal.1']) {
      generations.push(decodeFrames(await readFile(join(directory, name)))[0]?.generation ?? 0);
    }
    expect(Math.max(...generations)).toBeGreaterThan(2);
  });

  it('is passed by a batch that is larger than it', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory);
    const value = Buffer.alloc(1_000_000, 'x');
    await put(store, 'a', '1');
    const writes = Array.from({ length: 8 }, (_, i) =>
      store.write({ key: `k/${i}`, value, expectedModRevision: 0 }),
    );
    await Promise.all(writes);
    await put(store, 'a', '2');
    const copy = await openIn(await copyNow(directory));
    expect((await copy.list('')).items).toHaveLength(9);
    expect(await copy.currentRevision()).toBe(10);
  });

  it('is empty after the store was closed', async () => {
    const directory = await freshDirectory();
    const store = await openLmdbStore(directory);
    await put(store, 'a', '1');
    await store.close();
    expect(decodeFrames(await readFile(join(directory, 'journal.0')))).toEqual([]);
    expect(await content(await openIn(directory))).toBe('a=1@1');
  });

  it('that does not follow on the tables is refused', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory);
    const value = Buffer.alloc(1_400_000, 'x');
    for (let i = 0; i < 7; i += 1) {
      await store.write({ key: `k/${i}`, value, expectedModRevision: 0 });
    }
    const copy = await copyNow(directory, /^journal/);
    await expect(openLmdbStore(copy)).rejects.toThrow(StoreCorruptError);
  });
});

describe('Journal', () => {
  const batch = (revision: number, megabytes: number) => [
    { revision, bytes: Buffer.alloc(megabytes * 1_000_000) },
  ];

  it('has a file emptied before the other one is full', async () => {
    const { journal } = await Journal.open(await freshDirectory());
    let flushes = 0;
    let end: () => void = () => undefined;
    const flush = () => {
      flushes += 1;
      return new Promise<void>((resolve) => (end = resolve));
    };
    for (const revision of [1, 2]) {
      expect(await journal.hasRoom(batch(revision, 3), flush)).toBe(true);
      await journal.append(batch(revision, 3));
    }
    expect(flushes).toBe(0);
    for (const revision of [3, 4]) {
      expect(await journal.hasRoom(batch(revision, 0.1), flush)).toBe(true);
      await journal.append(batch(revision, 0.1));
    }
    expect(flushes).toBe(1);
    end();
    await Promise.resolve();
    expect(await journal.hasRoom(batch(5, 3), flush)).toBe(true);
    await journal.append(batch(5, 3));
    expect(flushes).toBe(1);
    await journal.close(false);
  });

  it('waits for room where that could not be done in time', async () => {
    const { journal } = await Journal.open(await freshDirectory());
    let flushes = 0;
    const flush = async () => {
      flushes += 1;
      if (flushes === 1) throw new Error('no space left');
    };
    for (const [revision, megabytes] of [
      [1, 3],
      [2, 3],
      [3, 0.1],
      [4, 3],
    ] as const) {
      expect(await journal.hasRoom(batch(revision, megabytes), flush)).toBe(true);
      await journal.append(batch(revision, megabytes));
    }
    expect(flushes).toBe(2);
    await journal.close(false);
  });
});
