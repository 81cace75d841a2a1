import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytes } from '../contract/short-calls.ts';
import { SharedLog } from '../shared-log.ts';
import type { Store } from '../store.ts';
import { openLmdbReader, type ReadingStore } from './lmdb-reader.ts';
import { openLmdbStore } from './lmdb-store.ts';
import { openTables } from './tables.ts';

let directory: string;
let writer: Store;
let reader: ReadingStore;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sampan-slot-'));
  const shared = new SharedLog();
  writer = await openLmdbStore(directory, { shared });
  reader = openLmdbReader({ directory, shared, writer });
});
afterEach(async () => {
  await reader.close();
  await writer.close();
  rmSync(directory, { recursive: true });
});

/** The transaction of a turn ends with the turn; slots matter to those that begin later. */
const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 2));

/** loseSlots takes all slots of this process from it, in the table that LMDB has mapped. */
function loseSlots(): number {
  const path = join(directory, 'lock.mdb');
  const table = readFileSync(path);
  const file = openSync(path, 'r+');
  let lost = 0;
  for (let at = 0; at + 4 <= table.length; at += 4) {
    if (table.readUInt32LE(at) !== process.pid) continue;
    writeSync(file, Buffer.alloc(4), 0, 4, at);
    lost += 1;
  }
  closeSync(file);
  return lost;
}

async function filled(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await writer.write({ key: `k/${i}`, value: bytes('1'), expectedModRevision: 0 });
  }
  // What was compacted is in the tables.
  await writer.compact(count);
  reader.catchUp();
  await writer.get('k/0');
  await reader.list('k/');
  await nextTurn();
}

describe('newSlotKeeper', () => {
  it.each(['get', 'list', 'page', 'older list', 'event'])('lets a %s work', async (what) => {
    await filled(5);
    expect(loseSlots()).toBeGreaterThan(0);
    for (const store of [writer, reader]) {
      if (what === 'get') expect((await store.get('k/1'))?.modRevision).toBe(2);
      if (what === 'list') expect((await store.list('k/')).items).toHaveLength(5);
      if (what === 'page') {
        expect((await store.list('k/', { limit: 2 })).remainingCount).toBe(3);
      }
      if (what === 'older list') {
        const { items } = await store.list('k/', { revision: 5, after: 'k/2' });
        expect(items.map((one) => one.key)).toEqual(['k/3', 'k/4']);
      }
      if (what === 'event') expect(store.settled?.read(3, (one) => one.key)).toBe('k/2');
    }
  });

  it('goes on through many losses, between writes', async () => {
    await filled(5);
    for (let round = 0; round < 50; round += 1) {
      loseSlots();
      const revision = (await writer.get('k/0'))?.modRevision ?? 0;
      const written = { key: 'k/0', value: bytes(`${round}`), expectedModRevision: revision };
      expect((await writer.write(written)).ok).toBe(true);
      expect((await reader.list('k/')).items).toHaveLength(5);
      if (round % 10 === 0) await nextTurn();
    }
  });
});

describe('openTables', () => {
  it('maps more than a store will ever hold, so that the map need not grow', async () => {
    const tables = openTables(directory, { readOnly: true });
    const { mapSize } = tables.root.getStats() as { mapSize: number };
    expect(mapSize).toBe(64 * 2 ** 30);
    await tables.root.close();
  });
});
