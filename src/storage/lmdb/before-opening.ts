import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { StoreCorruptError } from '../store.ts';
import { firstRevision, JOURNAL_NAMES } from './journal-file.ts';

/**
 * What stands here is done before the library opens an environment. Where it cannot open one, it
 * frees memory twice, and where a file is shorter than it says, or has no blocks for what is mapped,
 * the kernel ends the process (lmdb 3.5.6): each of them is found out here, and is an error.
 */

/** DATA_FILE is the name that the library gives to the file of an environment. */
export const DATA_FILE = 'data.mdb';
const LOCK_FILE = 'lock.mdb';

/** LOCK_BYTES holds the table of readers, of which there are 126 and more. */
const LOCK_BYTES = 12 * 1024;
/** FIRST_BYTES is more than the library writes when it makes an environment. */
const FIRST_BYTES = 64 * 1024;
/** NAMES_BYTES is more than it writes when the tables in it are made. */
const NAMES_BYTES = 1 << 20;
/** DESCRIPTORS is more than it opens. */
const DESCRIPTORS = 8;
/** BLOCK_BYTES is what the system counts blocks in. */
const BLOCK_BYTES = 512;

/** prepareFiles sees to it that an environment can be opened by its only writer, or throws why not. */
export function prepareFiles(directory: string): void {
  demandDescriptors();
  const path = join(directory, DATA_FILE);
  if (!checkData(directory, path)) rehearse(path);
  // It tells nothing to a process that has the environment for itself.
  writeZeros(join(directory, LOCK_FILE), 'w', LOCK_BYTES);
}

/** prepareNames makes room for the tables of an environment that is open and may be new. */
export function prepareNames(directory: string): void {
  writeZeros(join(directory, DATA_FILE), 'r+', NAMES_BYTES);
}

/** demandDescriptors throws EMFILE where there are not enough for the library to open its files. */
export function demandDescriptors(): void {
  const open: number[] = [];
  try {
    while (open.length < DESCRIPTORS) open.push(openSync('/dev/null', 'r'));
  } finally {
    for (const one of open) closeSync(one);
  }
}

/** rehearse throws ENOSPC where there is no room for an environment. */
function rehearse(path: string): void {
  const room = `${path}.room`;
  try {
    writeZeros(room, 'w', FIRST_BYTES);
  } finally {
    rmSync(room, { force: true });
  }
}

/** writeZeros makes a file so long; where there is no room for that it is as long as it was. */
function writeZeros(path: string, flags: 'w' | 'r+', bytes: number): void {
  const file = openSync(path, flags, 0o600);
  const { size } = fstatSync(file);
  try {
    const zeros = Buffer.alloc(Math.max(0, bytes - size));
    for (let done = 0; done < zeros.length; ) {
      done += writeSync(file, zeros, done, zeros.length - done, size + done);
    }
  } catch (error) {
    ftruncateSync(file, size);
    throw error;
  } finally {
    closeSync(file);
  }
}

/** META_BYTES is the size of a page's own header and what the first pages have behind it. */
const META_BYTES = 168;
const MAGIC = 0xbeefc0de;
const VERSION = 2;
/** Where in such a page, in bytes, these stand. */
const AT = { magic: 24, version: 28, pageSize: 48, lastPage: 144, transaction: 152 } as const;

/** checkData throws where there is something that is not a whole environment; false: it is to be made. */
function checkData(directory: string, path: string): boolean {
  const file = openIfThere(directory, path);
  const size = file === undefined ? 0 : fstatSync(file).size;
  try {
    if (file !== undefined && size > 0) {
      const detail = flawOf(file, size);
      if (detail === undefined) {
        cutHoles(path, file);
        return true;
      }
      if (detail !== UNFINISHED) throw new StoreCorruptError(directory, `${path} ${detail}`);
    }
  } catch (error) {
    if (error instanceof StoreCorruptError) throw error;
    throw new StoreCorruptError(directory, `${path}: ${(error as Error).message}`, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
  if (!mayBeNew(directory)) {
    const detail = size > 0 ? UNFINISHED : 'is missing or empty, though there is a journal';
    throw new StoreCorruptError(directory, `${path} ${detail}`);
  }
  rmSync(path, { force: true });
  return false;
}

/** mayBeNew: nothing was written yet, or what was is in the journal from the first revision on. */
function mayBeNew(directory: string): boolean {
  const paths = JOURNAL_NAMES.map((name) => join(directory, name)).filter((one) => existsSync(one));
  return paths.length === 0 || paths.some((path) => firstRevision(path) === 1);
}

function openIfThere(directory: string, path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StoreCorruptError(directory, (error as Error).message, error);
  }
}

/** UNFINISHED: the making of the file was broken off before anything could be put into it. */
const UNFINISHED = 'ends in its first pages';

/** flawOf tells what is wrong with a file; undefined where nothing is. */
function flawOf(file: number, size: number): string | undefined {
  const first = metaAt(file, 0);
  if (size < META_BYTES || first.readUInt32LE(AT.magic) !== MAGIC) return 'is not a database';
  const version = first.readUInt16LE(AT.version);
  if (version !== VERSION) return `is of LMDB's format ${version}, this program reads ${VERSION}`;
  if (size < 2 * first.readUInt32LE(AT.pageSize)) return UNFINISHED;
  // After a power cut the library goes back to an older one.
  const needed = Math.min(...endsOf(file));
  if (size >= needed) return undefined;
  return `has been cut off: it has ${size} bytes of ${needed}`;
}

/** endsOf answers where the last page ends, by each of the first pages that counts. */
function endsOf(file: number): number[] {
  const pageSize = metaAt(file, 0).readUInt32LE(AT.pageSize);
  // The last one that was synced stands between the two that are written in turn.
  const metas = [0, pageSize / 2, pageSize].map((position) => metaAt(file, position));
  const used = metas.filter((meta) => meta.readBigUInt64LE(AT.transaction) > 0n);
  const last = used.map((meta) => Number(meta.readBigUInt64LE(AT.lastPage)));
  return [...last, ...(last.length === 0 ? [1] : [])].map((page) => (page + 1) * pageSize);
}

/**
 * cutHoles cuts a file off after its last page where it lacks blocks: those that were made for pages to
 * come may be holes in a copy. They are made again when they are needed.
 */
function cutHoles(path: string, file: number): void {
  const { size, blocks } = fstatSync(file);
  if (blocks * BLOCK_BYTES < size) truncateSync(path, Math.min(size, Math.max(...endsOf(file))));
}

function metaAt(file: number, position: number): Buffer {
  const bytes = Buffer.alloc(META_BYTES);
  readSync(file, bytes, 0, META_BYTES, position);
  return bytes;
}
