import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytes, text } from '../contract/short-calls.ts';
import { DICTIONARY } from './dictionary.ts';
import { openLmdbStore } from './lmdb-store.ts';
import { encodeIndex, encodeRecord } from './record.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sampan-tables-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const object = (name: string) =>
  JSON.stringify({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name, namespace: 'default', labels: { app: name } },
    data: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key-${i}`, `value ${i * i}`])),
  });

/** plainTables opens the tables as they were in format 1: nothing is compressed. */
function plainTables() {
  const root = open({ path: directory, noSubdir: false, maxDbs: 4 });
  return {
    root,
    log: root.openDB<Buffer, number>('log', { encoding: 'binary' }),
    index: root.openDB<Buffer, string>('index', { encoding: 'binary' }),
    meta: root.openDB<number, string>('meta', { encoding: 'json' }),
  };
}

describe('openTables', () => {
  it('compresses what is large, also where it is the first of its kind', async () => {
    const store = await openLmdbStore(directory);
    const small = { key: 'small', value: bytes('{}'), expectedModRevision: 0 };
    await store.write(small);
    await store.write({ ...small, key: 'large', value: bytes(object('a')) });
    await store.close();
    const tables = plainTables();
    expect(tables.log.get(1)?.[0]).toBe(1);
    expect(tables.log.get(2)?.[0]).toBe(254);
    expect(tables.log.get(2)?.length).toBeLessThan(object('a').length / 2);
    await tables.root.close();
  });

  it('reads a store of format 1 and goes on with it', async () => {
    const tables = plainTables();
    const record = (key: string) =>
      encodeRecord({ key, value: bytes(object(key)), createRevision: 1, previousRevision: 0 });
    await tables.log.put(1, record('a'));
    await tables.index.put('a', encodeIndex({ createRevision: 1, modRevision: 1 }));
    await tables.meta.put('format', 1);
    await tables.meta.put('revision', 1);
    await tables.root.close();
    for (const round of [2, 3]) {
      const store = await openLmdbStore(directory);
      expect(text((await store.get('a'))?.value ?? bytes(''))).toBe(object('a'));
      const value = bytes(object(`b${round}`));
      expect(await store.write({ key: `b${round}`, value, expectedModRevision: 0 })).toMatchObject({
        revision: round,
      });
      await store.close();
    }
    const store = await openLmdbStore(directory);
    const { items } = await store.list('');
    expect(items.map((one) => text(one.value))).toEqual([object('a'), object('b2'), object('b3')]);
    await store.close();
  });
});

describe('DICTIONARY', () => {
  it('is what stores have been written with', () => {
    const digest = createHash('sha256').update(DICTIONARY).digest('hex');
    expect(digest).toBe('a5edc780e5cce4b3173eccf9f35866467c29411b882ce2104fdae04ff81d7467');
  });
});
