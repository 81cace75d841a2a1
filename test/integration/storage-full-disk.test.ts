import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLmdbStore } from '../../src/storage/lmdb/lmdb-store.ts';
import { type Store, StoreFullError } from '../../src/storage/store.ts';

const MIB = 1 << 20;

let mount: string;
let store: Store | undefined;
beforeEach(() => {
  mount = mkdtempSync(join(tmpdir(), 'sampan-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', mount]);
});
afterEach(async () => {
  await store?.close();
  execFileSync('umount', [mount]);
  rmSync(mount, { recursive: true });
});

describe('the store on a full disk', () => {
  it('says so, keeps what it has, serves reads, and goes on when there is room', async () => {
    const ballast = join(mount, 'ballast');
    writeFileSync(ballast, Buffer.alloc(4 * MIB));
    const directory = join(mount, 'store');
    store = await openLmdbStore(directory);
    let written = 0;
    let failure: unknown;
    for (let i = 0; i < 40 && failure === undefined; i += 1) {
      // What cannot be compressed.
      const value = randomBytes(MIB / 2);
      try {
        await store.write({ key: `k/${i}`, value, expectedModRevision: 0 });
        written += 1;
      } catch (error) {
        failure = error;
      }
    }
    expect(failure).toBeInstanceOf(StoreFullError);
    expect((failure as Error).message).toContain(`no space left on the disk of ${directory}`);
    expect(written).toBeGreaterThan(3);
    expect(await store.currentRevision()).toBe(written);
    expect((await store.list('k/')).items).toHaveLength(written);
    expect(await store.get(`k/${written}`)).toBeUndefined();

    // Both stand in the queue when the first finds no room.
    const large = randomBytes(5 * MIB);
    const revisions: number[] = [];
    const chain = [large, Buffer.from('small')].map((value, link) =>
      store?.write({ key: 'chain', value, expectedModRevision: revisions[link - 1] ?? 0 }, (one) =>
        revisions.push(one),
      ),
    );
    const failed = await Promise.allSettled(chain);
    expect(revisions).toEqual([written + 1, written + 2]);
    expect(failed.map((one) => one.status)).toEqual(['rejected', 'rejected']);
    expect(await store.get('chain')).toBeUndefined();

    // What cannot be brought into the tables stays in the journal, also over a stop.
    await store.close();
    store = await openLmdbStore(directory);
    expect((await store.list('k/')).items).toHaveLength(written);
    await expect(store.compact(written)).rejects.toMatchObject({ code: 'ENOSPC' });

    rmSync(ballast);
    const value = Buffer.from('after');
    const result = await store.write({ key: 'after', value, expectedModRevision: 0 });
    expect(result).toEqual({ ok: true, revision: written + 1 });
    await store.close();
    store = await openLmdbStore(directory);
    expect(await store.currentRevision()).toBe(written + 1);
    expect((await store.list('')).items).toHaveLength(written + 1);
  });
});

describe('a journal that has lost its blocks, as where each write gets new ones', () => {
  it('says that the disk is full, and goes on when there is room', async () => {
    const directory = join(mount, 'store');
    store = await openLmdbStore(directory);
    const write = async (key: string) =>
      store?.write({ key, value: randomBytes(50_000), expectedModRevision: 0 });
    await write('before');
    execFileSync('fallocate', ['-p', '-o', '1MiB', '-l', '3MiB', join(directory, 'journal.0')]);
    const ballast = join(mount, 'ballast');
    expect(() => writeFileSync(ballast, Buffer.alloc(13 * MIB))).toThrow('ENOSPC');
    let written = 1;
    let failure: unknown;
    for (let i = 0; i < 50 && failure === undefined; i += 1) {
      failure = await write(`k/${i}`).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure === undefined) written += 1;
    }
    expect(failure).toBeInstanceOf(StoreFullError);
    expect((failure as Error).cause).toMatchObject({ code: 'ENOSPC', syscall: 'write' });
    expect((await store.list('')).items).toHaveLength(written);
    rmSync(ballast);
    expect(await write('after')).toEqual({ ok: true, revision: written + 1 });
    const copy = join(mount, 'copy');
    cpSync(directory, copy, { recursive: true, filter: (path) => !path.endsWith('/owner') });
    const other = await openLmdbStore(copy);
    expect((await other.list('')).items).toHaveLength(written + 1);
    await other.close();
  });
});

describe('a large store on a full disk', () => {
  it('never lets the library meet the full disk, which would end the process', async () => {
    execFileSync('mount', ['-o', 'remount,size=200m', mount]);
    const directory = join(mount, 'store');
    store = await openLmdbStore(directory);
    const size = 1.2 * MIB;
    const write = async (key: string) =>
      store?.write({ key, value: randomBytes(size), expectedModRevision: 0 });
    // The library's message is too long once positions in the file have nine digits.
    for (let i = 0; i < 100; i += 1) await write(`k/${i}`);
    await store.close();
    store = await openLmdbStore(directory);
    expect(statSync(join(directory, 'data.mdb')).size).toBeGreaterThan(100e6);
    const ballast = join(mount, 'ballast');
    expect(() => writeFileSync(ballast, Buffer.alloc(100 * MIB))).toThrow('ENOSPC');
    let written = 100;
    for (let i = 0; i < 50; i += 1) {
      try {
        await write(`more/${i}`);
        written += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(StoreFullError);
        expect((error as Error).cause).toMatchObject({ message: expect.stringContaining('write') });
      }
    }
    expect(written).toBeLessThan(150);
    await expect(store.compact(written)).rejects.toMatchObject({ code: 'ENOSPC' });
    rmSync(ballast);
    await store.compact(written);
    expect((await store.list('')).items).toHaveLength(written);
  });
});

describe('a store that is opened on a full disk', () => {
  const ballast = () => join(mount, 'ballast');

  /** leaveFree fills the disk but for so many pages. */
  function leaveFree(pages: number): void {
    expect(() => writeFileSync(ballast(), Buffer.alloc(13 * MIB))).toThrow('ENOSPC');
    truncateSync(ballast(), statSync(ballast()).size - pages * 4096);
  }

  it.each(Array.from({ length: 12 }, (_, pages) => pages))(
    'is not made where %i pages are free, and is made when there is room',
    async (pages) => {
      const directory = join(mount, 'store');
      mkdirSync(directory);
      leaveFree(pages);
      await expect(openLmdbStore(directory)).rejects.toMatchObject({ code: 'ENOSPC' });
      rmSync(ballast());
      store = await openLmdbStore(directory);
      await store.write({ key: 'a', value: Buffer.from('1'), expectedModRevision: 0 });
      expect((await store.list('')).items).toHaveLength(1);
    },
  );

  it('has no blocks for pages to come where it is a copy with holes, and makes them again', async () => {
    const directory = join(mount, 'store');
    store = await openLmdbStore(directory);
    const put = async (key: string) =>
      store?.write({ key, value: randomBytes(100_000), expectedModRevision: 0 });
    for (let i = 0; i < 10; i += 1) await put(`a/${i}`);
    await store.close();
    // The journal has no room: each write goes into the tables.
    for (const name of ['journal.0', 'journal.1']) rmSync(join(directory, name), { force: true });
    execFileSync('fallocate', ['--dig-holes', join(directory, 'data.mdb')]);
    const { size, blocks } = statSync(join(directory, 'data.mdb'));
    expect(blocks * 512).toBeLessThan(size);
    leaveFree(4);
    store = await openLmdbStore(directory);
    const refusal = await put('b').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StoreFullError);
    // It was the making of room that failed, not the library.
    expect((refusal as Error).cause).toMatchObject({ code: 'ENOSPC' });
    expect((await store.list('')).items).toHaveLength(10);
    rmSync(ballast());
    await put('c');
    expect((await store.list('')).items).toHaveLength(11);
  });

  it.each([0, 1, 2, 3])('needs room for what is mapped, where %i pages are free', async (pages) => {
    const directory = join(mount, 'store');
    store = await openLmdbStore(directory);
    await store.write({ key: 'a', value: Buffer.from('1'), expectedModRevision: 0 });
    await store.close();
    rmSync(join(directory, 'lock.mdb'));
    leaveFree(pages);
    await expect(openLmdbStore(directory)).rejects.toMatchObject({ code: 'ENOSPC' });
    rmSync(ballast());
    store = await openLmdbStore(directory);
    expect(await store.currentRevision()).toBe(1);
  });
});

describe('the store on a disk that cannot be written to', () => {
  it('is refused, and is as it was afterwards', async () => {
    const directory = join(mount, 'store');
    store = await openLmdbStore(directory);
    await store.write({ key: 'a', value: Buffer.from('1'), expectedModRevision: 0 });
    await store.close();
    execFileSync('mount', ['-o', 'remount,ro', mount]);
    await expect(openLmdbStore(directory)).rejects.toMatchObject({
      code: 'EROFS',
      message: expect.stringContaining(`read-only file system, open '${directory}`),
    });
    execFileSync('mount', ['-o', 'remount,rw', mount]);
    store = await openLmdbStore(directory);
    expect(await store.currentRevision()).toBe(1);
  });
});
