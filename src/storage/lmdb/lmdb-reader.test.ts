import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytes, text } from '../contract/short-calls.ts';
import { storeContract } from '../contract/store-contract.ts';
import { SharedLog } from '../shared-log.ts';
import type { Store } from '../store.ts';
import { openLmdbReader, type ReadingStore } from './lmdb-reader.ts';
import { openLmdbStore } from './lmdb-store.ts';

let root: string;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sampan-reader-'));
});
afterAll(() => rm(root, { recursive: true }));

async function openPair(): Promise<{ writer: Store; reader: ReadingStore }> {
  count += 1;
  const directory = join(root, `s.${count}`);
  const shared = new SharedLog();
  const reads: { reader?: ReadingStore } = {};
  const writer = await openLmdbStore(directory, {
    shared,
    onDurable() {
      // Another thread would be told by a message.
      setImmediate(() => reads.reader?.catchUp());
    },
  });
  reads.reader = openLmdbReader({ directory, shared, writer });
  return { writer, reader: reads.reader };
}

/** watchedRevisions are the revisions that a watch of everything is told of, from now on. */
async function watchedRevisions(store: Store): Promise<readonly number[]> {
  const seen: number[] = [];
  store.watch('', 0, {
    onEvents: (_events, revision) => seen.push(revision),
    onError: () => undefined,
  });
  await new Promise((resolve) => setImmediate(resolve));
  return seen;
}

storeContract('openLmdbReader', async () => {
  const { writer, reader } = await openPair();
  const close = reader.close.bind(reader);
  reader.close = async () => {
    await close();
    await writer.close();
  };
  return reader;
});

describe('openLmdbReader', () => {
  it('shows a write that another answered, at once', async () => {
    const { writer, reader } = await openPair();
    const seen = await watchedRevisions(reader);
    for (let i = 1; i <= 200; i += 1) {
      await writer.write({ key: 'a', value: bytes(String(i)), expectedModRevision: i - 1 });
      reader.catchUp();
      expect(seen.at(-1)).toBe(i);
      expect(text((await reader.get('a'))?.value ?? bytes(''))).toBe(String(i));
    }
    await reader.close();
    await writer.close();
  });

  it('tells its watches of its own writes before it answers them', async () => {
    const { writer, reader } = await openPair();
    const seen = await watchedRevisions(reader);
    for (let i = 1; i <= 20; i += 1) {
      await reader.write({ key: 'a', value: bytes(String(i)), expectedModRevision: i - 1 });
      expect(seen.at(-1)).toBe(i);
    }
    await reader.close();
    await writer.close();
  });

  it('does not show what is not durable yet, though the map does', async () => {
    const { writer, reader } = await openPair();
    const first = await writer.write({ key: 'a', value: bytes('1'), expectedModRevision: 0 });
    expect(first).toEqual({ ok: true, revision: 1 });
    let answered = false;
    const writing = writer
      .write({ key: 'a', value: bytes('2'), expectedModRevision: 1 })
      .then(() => {
        answered = true;
      });
    while (!answered) {
      const value = text((await reader.get('a'))?.value ?? bytes(''));
      const { items, revision } = await reader.list('');
      expect(items.map((one) => text(one.value))).toEqual([String(revision)]);
      if (value === '2') expect(await writer.currentRevision()).toBe(2);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
    expect(text((await reader.get('a'))?.value ?? bytes(''))).toBe('2');
    await reader.close();
    await writer.close();
  });

  it('loses nothing when it looks only now and then, while much is written', async () => {
    const { writer, reader } = await openPair();
    const seen: number[] = [];
    reader.watch('', 0, {
      onEvents: (events) => {
        for (const one of events) if (one.type === 'put') seen.push(one.current.modRevision);
      },
      onError: () => undefined,
    });
    const value = Buffer.alloc(300_000, 'x');
    const large = Buffer.alloc(1_200_000, 'x');
    for (let round = 0; round < 12; round += 1) {
      // Every third batch is too large for the journal.
      const size = round % 3 === 2 ? large : value;
      const writes = Array.from({ length: 5 }, (_, i) =>
        writer.write({ key: `k/${round}/${i}`, value: size, expectedModRevision: 0 }),
      );
      await Promise.all(writes);
      if (round % 4 === 3) reader.catchUp();
      expect((await reader.list('k/')).items).toHaveLength(5 * (round + 1));
    }
    reader.catchUp();
    await expect.poll(() => seen.length).toBe(60);
    expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    await reader.close();
    await writer.close();
  });
});
