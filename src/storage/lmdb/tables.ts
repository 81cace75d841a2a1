import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { open, type RootDatabase } from 'lmdb';
import { StoreCorruptError, type StoredValue, type StoreEvent } from '../store.ts';
import { DATA_FILE, demandDescriptors, prepareFiles, prepareNames } from './before-opening.ts';
import { DICTIONARY } from './dictionary.ts';
import { KeyIndex } from './key-index.ts';
import { PastStates } from './past-states.ts';
import { newSlotKeeper } from './reader-slot.ts';
import { decodeRecord, type IndexEntry, type LogRecord } from './record.ts';
import { type Extent, TablesRoom, type Volume } from './tables-room.ts';

/**
 * FORMAT is the version of the layout below: in version 1 no value was compressed. Stores of later
 * versions are refused.
 */
const FORMAT = 2;

/** COMPRESSION: values from so many bytes on, which stand in one or more pages of their own. */
const COMPRESSION = { threshold: 600, dictionary: DICTIONARY };

/** ONE_FIGURE is what a transaction writes that sets one of the figures below. */
export const ONE_FIGURE: Volume = { operations: 1, bytes: 0 };

/** Numbers are the figures kept in the table `meta`. */
export type Numbers = 'format' | 'revision' | 'compacted' | 'swept';

/** Tables is an open LMDB environment and how its tables are read. */
export type Tables = ReturnType<typeof openTables>;

/**
 * openTables opens the environment in a directory.
 *
 * Layout: `log` maps each revision to the change it made, value included; `index` maps each key
 * that exists to its create and newest revision (KeyIndex); `meta` holds figures. So a value is written once,
 * and an older state is the newest one with the log undone. Records of the log are compressed by the
 * library (LZ4): those are told by their first byte, which is not a kind of record.
 */
export function openTables(directory: string, options: { readonly readOnly?: boolean } = {}) {
  const { root, log, keys, meta } = openDatabases(directory, options.readOnly ?? false);
  const { hold, reading: tried } = newSlotKeeper(root);
  function reading<T>(read: () => T): T {
    try {
      return tried(read);
    } catch (error) {
      throw corruptionOr(directory, error);
    }
  }
  const index = new KeyIndex(keys, reading);
  const past = new PastStates((start, limit) => {
    hold();
    return log.getRange(Number.isFinite(limit) ? { start, limit } : { start });
  });

  function decoded(revision: number, bytes: Buffer | undefined): LogRecord {
    if (!bytes) throw new StoreCorruptError(directory, `revision ${revision} is not in the log`);
    try {
      return decodeRecord(bytes);
    } catch (error) {
      throw new StoreCorruptError(
        directory,
        `revision ${revision}: ${(error as Error).message}`,
        error,
      );
    }
  }

  function stored(revision: number, found: LogRecord): StoredValue {
    if (found.value === null) {
      throw new StoreCorruptError(directory, `revision ${revision} is a delete`);
    }
    const { key, createRevision } = found;
    return { key, value: found.value, createRevision, modRevision: revision };
  }

  function record(revision: number): LogRecord {
    const bytes = reading(() => log.get(revision));
    return decoded(revision, bytes);
  }

  function value(revision: number): StoredValue {
    return stored(revision, record(revision));
  }

  /** glance passes a record that is only there until something else is read. */
  function glance<T>(revision: number, use: (record: LogRecord) => T): T {
    const bytes = reading(() => log.getBinaryFast(revision));
    // The library's own buffer is larger than its length says.
    const view = bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return use(decoded(revision, view));
  }

  /** lend passes a value in the same way. */
  function lend<T>(revision: number, use: (value: StoredValue) => T): T {
    return glance(revision, (found) => use(stored(revision, found)));
  }

  /** previous is the version that a record replaced, read when it is asked for. */
  function previous({ key, createRevision, previousRevision }: LogRecord): StoredValue | undefined {
    if (previousRevision === 0) return undefined;
    return new LazyValue(key, { createRevision, modRevision: previousRevision }, value);
  }

  return {
    root,
    room: new TablesRoom(join(directory, DATA_FILE), () => root.getStats() as Extent),
    log,
    index,
    meta,
    /** hold must be called before ranges are read, in the same turn of the event loop. */
    hold,
    /** explained answers an error of a range that was read. */
    explained: (error: unknown): unknown => corruptionOr(directory, error),
    /** past tells what has changed since past revisions. */
    past,
    /** number reads a figure; 0 where it was never written. */
    number: (name: Numbers): number => reading(() => meta.get(name)) ?? 0,
    glance,
    previous,
    value,
    lend,
    /** lazyValue is the same, read each time that it is asked for. */
    lazyValue(key: string, entry: IndexEntry): StoredValue {
      return new LazyValue(key, entry, value);
    },
    /** event tells the change of a revision as watches see it. */
    event(revision: number): StoreEvent {
      const found = record(revision);
      const before = previous(found);
      if (found.value !== null) {
        return { type: 'put', current: stored(revision, found), previous: before };
      }
      if (!before) throw new StoreCorruptError(directory, `revision ${revision} deletes nothing`);
      return { type: 'delete', key: found.key, revision, previous: before };
    },
  };
}

/** LazyValue reads the value of a version each time that it is asked for. */
class LazyValue implements StoredValue {
  readonly key: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly #read: (revision: number) => StoredValue;

  constructor(key: string, entry: IndexEntry, read: (revision: number) => StoredValue) {
    this.key = key;
    this.createRevision = entry.createRevision;
    this.modRevision = entry.modRevision;
    this.#read = read;
  }

  get value(): Uint8Array {
    return this.#read(this.modRevision).value;
  }
}

/**
 * CORRUPTION are the library's codes for files that are not as it left them: MDB_PAGE_NOTFOUND,
 * MDB_CORRUPTED, MDB_VERSION_MISMATCH, MDB_INVALID.
 */
const CORRUPTION: ReadonlySet<unknown> = new Set([-30797, -30796, -30794, -30793]);

/** corruptionOr answers an error of the library as what it means, and any other as it is. */
export function corruptionOr(directory: string, error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  if (!CORRUPTION.has(code)) return error;
  return new StoreCorruptError(directory, `${join(directory, DATA_FILE)}: ${message}`, error);
}

/**
 * MAP_SIZE is how much of the address space is set aside, in bytes; neither memory nor disk. LMDB
 * would go on with a larger map, but threads that then make it larger at the same time can unmap
 * what is not theirs.
 */
const MAP_SIZE = 64 * 2 ** 30;

function openDatabases(directory: string, readOnly: boolean) {
  const root = openRoot(directory, readOnly);
  try {
    if (!readOnly) prepareNames(directory);
    return {
      root,
      log: root.openDB<Buffer, number>('log', { encoding: 'binary', compression: COMPRESSION }),
      keys: root.openDB<Buffer, string>('index', { encoding: 'binary' }),
      meta: root.openDB<number, Numbers>('meta', { encoding: 'json' }),
    };
  } catch (error) {
    void root.close();
    throw corruptionOr(directory, error);
  }
}

function openRoot(directory: string, readOnly: boolean): RootDatabase<unknown, string> {
  if (readOnly) demandDescriptors();
  else prepareFiles(directory);
  let root: RootDatabase<unknown, string>;
  try {
    root = open({
      path: directory,
      maxDbs: 4,
      mapSize: MAP_SIZE,
      noSubdir: false,
      readOnly,
      overlappingSync: true,
      // Batches are ours: the library's own ones leave promises behind whose failure nobody sees.
      eventTurnBatching: false,
    });
  } catch (error) {
    throw new StoreCorruptError(directory, (error as Error).message, error);
  }
  return root;
}

/** prepareTables marks new and older tables with their format and refuses those of a later one. */
export async function prepareTables(tables: Tables, directory: string): Promise<void> {
  const format = tables.number('format');
  if (format === FORMAT) return;
  if (format > FORMAT) {
    throw new StoreCorruptError(directory, `its format is ${format}, this program reads ${FORMAT}`);
  }
  await transact(tables, ONE_FIGURE, () => [tables.meta.put('format', FORMAT)]);
  await synced(tables);
}

/** PATIENCE_MS is how long a sync may take before it is asked for once more. */
const PATIENCE_MS = 2000;

/**
 * synced resolves when everything that was committed is on the disk. The library never tells when the
 * last transaction failed: then another one is made, whose failure is thrown.
 */
export async function synced(tables: Tables): Promise<void> {
  for (;;) {
    const waiting = new AbortController();
    const late = sleep(PATIENCE_MS, false, { signal: waiting.signal, ref: false });
    late.catch(() => undefined);
    const isSynced = await Promise.race([tables.root.flushed.then(() => true), late]);
    waiting.abort();
    if (isSynced) return;
    await transact(tables, ONE_FIGURE, () => [tables.meta.put('format', FORMAT)]);
  }
}

/**
 * closeTables closes the environment; `isSynced` tells whether its last transaction is on the disk. The
 * library would wait for one that failed: one that changes nothing comes after that.
 */
export async function closeTables(tables: Tables, isSynced: boolean): Promise<void> {
  if (!isSynced) await batch(tables, () => []).catch(() => undefined);
  await tables.root.close();
}

/**
 * transact puts and removes in one transaction and resolves when it is committed. When there is no
 * room for its volume, or it is aborted, it throws the reason and nothing was written.
 */
export async function transact(
  tables: Tables,
  volume: Volume,
  operations: () => readonly Promise<unknown>[],
): Promise<void> {
  await tables.room.provide(volume, () => batch(tables, operations));
}

async function batch(
  { root }: Tables,
  operations: () => readonly Promise<unknown>[],
): Promise<void> {
  const whole = root.batch(() => {
    // Operations of one transaction share a few promises, whose failure `whole` reports too.
    for (const part of new Set(operations())) part.catch(() => undefined);
  });
  try {
    await whole;
  } catch (error) {
    const { commitError } = error as { commitError?: Promise<unknown> };
    await commitError;
    throw error;
  }
}
