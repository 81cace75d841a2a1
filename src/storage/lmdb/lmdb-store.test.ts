import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bytes, text } from '../contract/short-calls.ts';
import { storeContract } from '../contract/store-contract.ts';
import { type Store, StoreCorruptError, StoreLockedError } from '../store.ts';
import { openLmdbStore } from './lmdb-store.ts';
import { openTables } from './tables.ts';
import { ONE_FIGURE, transact } from './transactions.ts';

let root: string;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sampan-store-'));
});
afterAll(() => rm(root, { recursive: true }));

function freshDirectory(): string {
  count += 1;
  return join(root, `s.${count}`);
}

storeContract('openLmdbStore', () => openLmdbStore(freshDirectory()));

describe('openLmdbStore', () => {
  let directory: string;
  let store: Store | undefined;
  beforeEach(() => {
    directory = freshDirectory();
    store = undefined;
  });
  afterEach(() => store?.close());

  async function reopen(): Promise<Store> {
    await store?.close();
    store = await openLmdbStore(directory);
    return store;
  }

  it('finds everything again: values, revisions, history and what was compacted', async () => {
    let open = await reopen();
    for (let i = 1; i <= 5; i += 1) {
      await open.write({ key: 'a', value: bytes(String(i)), expectedModRevision: i - 1 });
    }
    await open.compact(2);
    open = await reopen();
    expect(await open.currentRevision()).toBe(5);
    expect(await open.compactedRevision()).toBe(2);
    const old = await open.list('', { revision: 3 });
    expect(old.items.map((one) => text(one.value))).toEqual(['3']);
    const seen: number[] = [];
    open.watch('', 2, {
      onEvents: (events) => {
        for (const one of events) if (one.type === 'put') seen.push(one.current.modRevision);
      },
      onError: () => undefined,
    });
    await expect.poll(() => seen).toEqual([3, 4, 5]);
  });

  it('shows nobody what is queued, and makes what stands on it durable with it', async () => {
    const open = await reopen();
    const seen: number[] = [];
    open.watch('', 0, {
      onEvents: (_, revision) => seen.push(revision),
      onError: () => undefined,
    });
    const queued: number[] = [];
    const writes = Array.from({ length: 50 }, (_, index) =>
      open.write({ key: 'a', value: bytes(String(index)), expectedModRevision: index }, (one) =>
        queued.push(one),
      ),
    );
    expect(queued).toHaveLength(50);
    expect(await open.get('a')).toBeUndefined();
    expect(await open.currentRevision()).toBe(0);
    expect((await open.list('')).items).toEqual([]);
    expect(seen).toEqual([]);
    await writes[0];
    // One frame of the journal had them all.
    expect(await open.currentRevision()).toBe(50);
    await expect.poll(() => seen).toEqual([50]);
    await Promise.all(writes);
    expect((await (await reopen()).get('a'))?.modRevision).toBe(50);
  });

  it('refuses a directory that is open, naming it and the process', async () => {
    await reopen();
    const error = await openLmdbStore(directory).catch((e) => e);
    expect(error).toBeInstanceOf(StoreLockedError);
    expect(error.message).toBe(`the store in ${directory} is in use by process ${process.pid}`);
  });

  it.each([
    ['of a process that is gone', '{"pid":4194303,"startTicks":"1","bootId":"x"}'],
    ['of a pid that was used again', `{"pid":${process.pid},"startTicks":"1","bootId":"x"}`],
    ['that was never finished', '{"pi'],
  ])('takes over the lock %s', async (_, content) => {
    await reopen();
    await store?.close();
    await writeFile(join(directory, 'owner'), content);
    await expect(reopen()).resolves.toBeDefined();
  });

  it('lets one of many openers have the directory', async () => {
    await (await reopen()).close();
    await writeFile(join(directory, 'owner'), '{"pid":4194303,"startTicks":"1","bootId":"x"}');
    const opened = await Promise.allSettled(
      Array.from({ length: 8 }, () => openLmdbStore(directory)),
    );
    const won = opened.filter((one) => one.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const one of won) await one.value.close();
  });

  it('refuses files that are no store', async () => {
    await (await reopen()).close();
    await writeFile(join(directory, 'data.mdb'), 'x'.repeat(100_000));
    const error = await openLmdbStore(directory).catch((e) => e);
    expect(error).toBeInstanceOf(StoreCorruptError);
    expect(error.message).toContain(directory);
  });

  it('leaves nothing open when the tables are of another format', async () => {
    await (await reopen()).close();
    const tables = openTables(directory);
    await transact(tables, ONE_FIGURE, () => [tables.meta.put('format', 7)]);
    await tables.root.close();
    await expect(openLmdbStore(directory)).rejects.toThrow('its format is 7, this program reads 2');
    expect(openFiles()).toEqual([]);
    expect(existsSync(join(directory, 'owner'))).toBe(false);
  });

  /** openFiles are the files of the directory that this process has open. */
  function openFiles(): string[] {
    const files = readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)];
      } catch {
        return [];
      }
    });
    return files.filter((file) => file.startsWith(directory));
  }

  it('grows with what is put into it', async () => {
    const open = await reopen();
    const value = new Uint8Array(100_000).fill(7);
    for (let round = 0; round < 10; round += 1) {
      const keys = Array.from({ length: 50 }, (_, i) => `k/${round}/${i}`);
      await Promise.all(keys.map((key) => open.write({ key, value, expectedModRevision: 0 })));
    }
    const all = await (await reopen()).list('k/', { limit: 10 });
    expect(all.remainingCount).toBe(490);
    expect(all.items.every((one) => one.value.length === 100_000)).toBe(true);
  });

  it.each([1, 100, 5000, 100_000, 1_500_000])('lends settled values of %i bytes', async (size) => {
    const open = await reopen();
    const values = [1, 2].map((fill) => new Uint8Array(size).fill(fill));
    for (const value of values) {
      await open.write({ key: `k${value[0]}`, value, expectedModRevision: 0 });
    }
    // What is compacted is in the tables.
    await open.compact(2);
    const lent = [1, 2, 1].map((revision) =>
      open.settled?.read(revision, (one) => ({ ...one, value: Uint8Array.from(one.value) })),
    );
    for (const [index, revision] of [1, 2, 1].entries()) {
      expect(lent[index]).toMatchObject({ key: `k${revision}`, modRevision: revision });
      expect(
        Buffer.compare(lent[index]?.value ?? bytes(''), values[revision - 1] ?? bytes('')),
      ).toBe(0);
    }
    expect(() => open.settled?.read(3, () => 0)).toThrow(StoreCorruptError);
  });

  it('sweeps a long history while it is written to', async () => {
    const open = await reopen();
    let revision = 0;
    for (let round = 0; round < 30; round += 1) {
      const key = `k/${round % 3}`;
      const base = (await open.get(key))?.modRevision ?? 0;
      const chain = await open.write({
        key,
        value: bytes(String(round)),
        expectedModRevision: base,
      });
      if (chain.ok) revision = chain.revision;
      const more = Array.from({ length: 60 }, (_, i) =>
        open.write({ key: `x/${round}/${i}`, value: bytes('1'), expectedModRevision: 0 }),
      );
      await Promise.all([...more, open.compact(revision)]);
    }
    expect((await open.list('x/')).items).toHaveLength(1800);
    const kept = await (await reopen()).list('k/');
    expect(kept.items.map((one) => text(one.value))).toEqual(['27', '28', '29']);
  });
});
