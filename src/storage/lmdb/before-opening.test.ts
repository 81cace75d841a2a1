import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StoreCorruptError } from '../store.ts';
import { openLmdbStore } from './lmdb-store.ts';

let root: string;
let whole: string;
let directory: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sampan-damaged-'));
  whole = join(root, 'whole');
  let store = await openLmdbStore(whole);
  const value = Buffer.alloc(1000, 'x');
  for (let i = 0; i < 400; i += 1) {
    await store.write({ key: `k/${i}`, value, expectedModRevision: 0 });
  }
  await store.close();
  store = await openLmdbStore(whole);
  // As it is where the process dies: what is written now is in the journal only.
  await store.write({ key: 'last', value, expectedModRevision: 0 });
  await cp(whole, join(root, 'copy'), { recursive: true });
  await store.close();
  whole = join(root, 'copy');
  await rm(join(whole, 'owner'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  directory = await mkdtemp(join(root, 'store-'));
  await cp(whole, directory, { recursive: true });
});

const at = (name: string) => join(directory, name);

async function replaceByDirectory(name: string): Promise<void> {
  await rm(at(name));
  mkdirSync(at(name));
}

async function patch(name: string, position: number, bytes: Buffer): Promise<void> {
  const content = await readFile(at(name));
  bytes.copy(content, position);
  await writeFile(at(name), content);
}

/** content is what every file has, so that it can be seen that nothing was changed. */
async function content(): Promise<Record<string, string>> {
  const names = readdirSync(directory).filter((name) => name !== 'lock.mdb');
  const read = async (name: string) => {
    const info = await stat(at(name));
    return info.isFile() ? (await readFile(at(name))).toString('base64') : 'directory';
  };
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)])));
}

describe('openLmdbStore', () => {
  it.each([
    [
      'an empty data.mdb',
      () => truncate(at('data.mdb'), 0),
      'data.mdb is missing or empty, though there is a journal',
    ],
    [
      'no data.mdb',
      () => rm(at('data.mdb')),
      'data.mdb is missing or empty, though there is a journal',
    ],
    ['100 bytes', () => truncate(at('data.mdb'), 100), 'data.mdb is not a database'],
    [
      'half of the first pages',
      () => truncate(at('data.mdb'), 4096),
      'data.mdb ends in its first pages',
    ],
    [
      'the first pages',
      () => truncate(at('data.mdb'), 8192),
      'data.mdb has been cut off: it has 8192 bytes of',
    ],
    [
      'a part of the pages',
      () => truncate(at('data.mdb'), 100_000),
      'data.mdb has been cut off: it has 100000 bytes of',
    ],
    [
      'pages that were overwritten',
      () => patch('data.mdb', 8192, Buffer.alloc(800_000)),
      'data.mdb: MDB_CORRUPTED',
    ],
    [
      'a later format',
      () => patch('data.mdb', 28, Buffer.from([77])),
      "data.mdb is of LMDB's format 77, this program reads 2",
    ],
    ['a directory as data.mdb', () => replaceByDirectory('data.mdb'), 'data.mdb: EISDIR'],
    ['a directory as journal', () => replaceByDirectory('journal.0'), 'journal.0: EISDIR'],
    [
      'half a journal',
      () => truncate(at('journal.0'), 200_000),
      'journal.0: cut off: it has 200000 bytes of 4194304',
    ],
  ])('refuses %s, and changes nothing', async (_, damage, message) => {
    await damage();
    const before = await content();
    const error = await openLmdbStore(directory).catch((reason) => reason);
    expect(error).toBeInstanceOf(StoreCorruptError);
    expect(error.message).toContain(`the store in ${directory} cannot be read: `);
    expect(error.message).toContain(message);
    expect(await content()).toEqual(before);
  });

  it.each([
    ['a directory as lock.mdb', () => replaceByDirectory('lock.mdb'), 'lock.mdb'],
    ['a directory as owner', async () => void mkdirSync(at('owner')), 'owner'],
  ])('refuses %s', async (_, damage, name) => {
    await damage();
    await expect(openLmdbStore(directory)).rejects.toThrow(
      new RegExp(`EISDIR.*${name}|${name}.*EISDIR`),
    );
  });

  it.each([
    ['short', Buffer.from('xx')],
    ['of some size', Buffer.alloc(8192, 0xa5)],
    ['large', Buffer.alloc(1 << 20, 0x5a)],
  ])('takes no notice of what is in a lock.mdb that is %s', async (_, bytes) => {
    await writeFile(at('lock.mdb'), bytes);
    const store = await openLmdbStore(directory);
    expect((await store.list('')).items).toHaveLength(401);
    expect(await store.currentRevision()).toBe(401);
    await store.close();
  });

  it('begins anew where the making of the store was broken off', async () => {
    for (const name of ['journal.0', 'lock.mdb']) await rm(at(name));
    await truncate(at('data.mdb'), 4096);
    const store = await openLmdbStore(directory);
    expect(await store.currentRevision()).toBe(0);
    await store.write({ key: 'a', value: Buffer.from('1'), expectedModRevision: 0 });
    await store.close();
    expect(existsSync(at('data.mdb.room'))).toBe(false);
  });
});
