import { mkdir, statfs } from 'node:fs/promises';
import { demandKept, demandWritten } from '../demand-revision.ts';
import type { SharedLog } from '../shared-log.ts';
import {
  type ListOptions,
  type ListResult,
  type OnQueued,
  type SettledValues,
  type Store,
  StoreClosedError,
  StoreCorruptError,
  type StoredValue,
  StoreFullError,
  type StoreWatch,
  type WatchSink,
  type Write,
  type WriteResult,
} from '../store.ts';
import { WatchHub } from '../watch-hub.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { corruptionOr } from './environment.ts';
import { Journal } from './journal.ts';
import type { JournalRecord } from './journal-frame.ts';
import { changeOf, decideWrite } from './lmdb-batch.ts';
import { listWithPending } from './lmdb-pending-list.ts';
import { sweepLog } from './lmdb-sweep.ts';
import { loggedEvents } from './logged-events.ts';
import { type PendingChange, PendingLog } from './pending-log.ts';
import { settledValues } from './settled-values.ts';
import { Settler } from './settler.ts';
import { openTables, type Tables } from './tables.ts';
import { closeTables, ONE_FIGURE, prepareTables, synced, transact } from './transactions.ts';

/** MAX_BATCH is how many writes become durable with one sync at most. */
const MAX_BATCH = 1000;
/** Below so many free bytes a failed commit counts as a full disk. */
const FULL_BYTES = 1 << 20;
/** NO_SPACE are what the system calls a full disk, or one that is full for its user. */
const NO_SPACE: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** LmdbStoreOptions is for readers in other threads, who follow a shared log. */
export interface LmdbStoreOptions {
  readonly shared?: SharedLog | undefined;
  /** Is called after a revision was published there, before anybody else is told. */
  readonly onDurable?: (() => void) | undefined;
}

/**
 * openLmdbStore opens the store in a directory, which it makes where needed. Writes that arrive
 * while the disk is busy become durable together; a write is answered after its sync, so it
 * survives a power cut. Throws StoreLockedError when another process has the directory, and
 * StoreCorruptError when there is something else in it.
 */
export async function openLmdbStore(
  directory: string,
  options: LmdbStoreOptions = {},
): Promise<Store> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(directory);
  let tables: Tables | undefined;
  try {
    tables = openTables(directory);
    await prepareTables(tables, directory);
    const { journal, pending } = await openJournal(directory, tables);
    return new LmdbStore(directory, { ...options, tables, lock, journal, pending });
  } catch (error) {
    await tables?.root.close();
    await lock.release();
    throw corruptionOr(directory, error);
  }
}

/** openJournal answers the journal, and what it has that the tables have not. */
async function openJournal(directory: string, tables: Tables) {
  const { journal, records } = await Journal.open(directory);
  const pending = new PendingLog(tables.number('revision'));
  for (const record of records) {
    if (record.revision <= pending.newest) continue;
    if (record.revision !== pending.newest + 1) {
      throw new StoreCorruptError(directory, `the journal lacks revision ${pending.newest + 1}`);
    }
    pending.add(changeOf(tables, pending, record));
  }
  return { journal, pending };
}

/** newestOf reads the newest version of a key, decided or durable. */
function newestOf(tables: Tables, pending: PendingLog, key: string): StoredValue | undefined {
  const found = pending.find(key, Number.POSITIVE_INFINITY);
  if (found) return found.value;
  const entry = tables.index.get(key);
  return entry && tables.versions.lazyValue(key, entry);
}

/** recordsOf answers changes for the journal; they follow on a revision. */
function recordsOf(changes: readonly PendingChange[], after: number): JournalRecord[] {
  return changes.map(({ bytes }, index) => ({ revision: after + 1 + index, bytes }));
}

function isNoSpace(error: unknown): boolean {
  return NO_SPACE.has((error as NodeJS.ErrnoException).code);
}

interface Parts extends LmdbStoreOptions {
  readonly tables: Tables;
  readonly lock: DirectoryLock;
  readonly journal: Journal;
  readonly pending: PendingLog;
}

/** Waiting is a write that was decided: what it changes, where it won, and its answer once that is durable. */
interface Waiting {
  readonly change: PendingChange | undefined;
  readonly result: WriteResult;
  resolve(result: WriteResult): void;
  reject(error: unknown): void;
}

/**
 * INVARIANTS: at most one batch is under way. `#durable` is the newest revision that is synced, in
 * the journal or in the tables. A write is decided when it comes, against all that was decided
 * before it, and answered in the order of the queue. What is decided but not in the tables is in
 * `#pending`; where a batch fails, all that was decided after it is undone and fails too. A batch
 * that goes past the journal may show in the tables before it is durable. Callers are shown what is
 * durable: pending changes first, then the tables with the log undone. Events are published after the
 * sync, in revision order.
 */
class LmdbStore implements Store {
  readonly #directory: string;
  readonly #tables: Tables;
  readonly #lock: DirectoryLock;
  readonly #journal: Journal;
  readonly #pending: PendingLog;
  readonly #settler: Settler;
  readonly #shared: SharedLog | undefined;
  readonly #onDurable: () => void;
  readonly #hub: WatchHub;
  readonly settled: SettledValues;
  readonly #queue: Waiting[] = [];
  #durable: number;
  #compacted: number;
  #draining: Promise<void> | undefined;
  #compacting: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #closed: StoreClosedError | undefined;

  constructor(directory: string, parts: Parts) {
    const { tables, pending } = parts;
    this.#directory = directory;
    this.#tables = tables;
    this.#lock = parts.lock;
    this.#journal = parts.journal;
    this.#pending = pending;
    this.#shared = parts.shared;
    this.#onDurable = parts.onDurable ?? (() => undefined);
    this.#durable = pending.newest;
    this.#compacted = tables.number('compacted');
    this.#settler = new Settler(tables, pending, {
      durable: () => this.#durable,
      onSettled: (revision) => this.#shared?.settled(revision),
    });
    const history = {
      compactedRevision: () => this.#compacted,
      readEvents: (after: number, limit: number) =>
        loggedEvents({ tables, pending }, after, Math.min(this.#durable, after + limit)),
    };
    this.#hub = new WatchHub(history, this.#durable);
    this.settled = settledValues(tables, {
      revision: () => pending.base,
      compacted: () => this.#compacted,
    });
    if (pending.base < this.#durable) this.#settler.request();
    this.#shared?.append(recordsOf(pending.upTo(this.#durable), pending.base));
    this.#shared?.publish(this.#durable);
  }

  async currentRevision(): Promise<number> {
    this.#checkOpen();
    return this.#durable;
  }

  async compactedRevision(): Promise<number> {
    this.#checkOpen();
    return this.#compacted;
  }

  async get(key: string): Promise<StoredValue | undefined> {
    this.#checkOpen();
    const found = this.#pending.find(key, this.#durable);
    if (found) return found.value;
    const entry = this.#tables.index.get(key);
    return entry && this.#tables.versions.value(entry.modRevision);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<ListResult> {
    this.#checkOpen();
    const revision = options.revision || this.#durable;
    demandWritten(revision, this.#durable);
    if (revision < this.#pending.base) {
      await this.#tables.past.prepare(prefix, revision);
      this.#checkOpen();
    }
    demandKept(revision, this.#compacted);
    const changes = this.#pending.upTo(revision);
    return listWithPending(this.#tables, prefix, { revision, changes }, options);
  }

  async write(write: Write, onQueued?: OnQueued): Promise<WriteResult> {
    this.#checkOpen();
    const current = newestOf(this.#tables, this.#pending, write.key);
    const revision = this.#pending.newest + 1;
    const change = decideWrite(write, current, revision);
    if (change) this.#pending.add(change);
    const result: WriteResult = change ? { ok: true, revision } : { ok: false, current };
    const answered = new Promise<WriteResult>((resolve, reject) => {
      this.#queue.push({ change, result, resolve, reject });
      this.#draining ??= this.#drain();
    });
    if (change) onQueued?.(revision);
    return answered;
  }

  watch(prefix: string, afterRevision: number, sink: WatchSink): StoreWatch {
    this.#checkOpen();
    return this.#hub.watch(prefix, afterRevision, sink);
  }

  async compact(revision: number): Promise<void> {
    this.#checkOpen();
    demandWritten(revision, this.#durable);
    const previous = this.#compacting;
    this.#compacting = this.#compactAfter(previous, revision);
    await this.#compacting;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed ??= new StoreClosedError();
    await this.#draining;
    await this.#compacting.catch(() => undefined);
    this.#hub.close();
    this.#settler.stop();
    // What cannot be settled (the disk is full) stays in the journal.
    const flushed = this.#settler.flush().then(
      () => true,
      () => false,
    );
    const isFlushed = await flushed;
    await this.#journal.close(isFlushed);
    await closeTables(this.#tables, isFlushed);
    await this.#lock.release();
  }

  /**
   * drain commits batches until nothing waits. Each begins a turn of the event loop later, so that
   * those who were answered together and write again come together again.
   */
  async #drain(): Promise<void> {
    for (;;) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#queue.length === 0) break;
      const waiting = this.#queue.splice(0, MAX_BATCH);
      try {
        await this.#commit(waiting);
      } catch (error) {
        const failed = [...waiting, ...this.#queue.splice(0)];
        // What shows in the tables cannot be undone: then the store is closed.
        if (this.#pending.base <= this.#durable) this.#pending.undo(this.#durable);
        const reason = await this.#explain(error);
        for (const one of failed) one.reject(reason);
      }
    }
    this.#draining = undefined;
  }

  async #commit(waiting: readonly Waiting[]): Promise<void> {
    const changes = waiting.flatMap((one) => one.change ?? []);
    if (changes.length > 0) {
      await this.#persist(changes);
      this.#durable += changes.length;
      this.#shared?.publish(this.#durable);
      this.#onDurable();
      this.#settler.request();
      const events = changes.map((change) => change.event);
      this.#hub.publish(events, this.#durable);
    }
    for (const { result, resolve } of waiting) resolve(result);
  }

  /** persist makes a batch durable: in the journal, or in the tables where that has no room. */
  async #persist(changes: readonly PendingChange[]): Promise<void> {
    const records = recordsOf(changes, this.#durable);
    const hasRoom = await this.#journal.hasRoom(records, () => this.#settler.flush());
    if (!hasRoom) return this.#persistInTables(changes);
    try {
      await this.#journal.append(records);
    } catch (error) {
      // Where each write gets new blocks (btrfs, ZFS): the next batch comes over what was written.
      if (isNoSpace(error)) throw error;
      throw this.#fail(error);
    }
    this.#shared?.append(records);
  }

  async #persistInTables(changes: readonly PendingChange[]): Promise<void> {
    const before = this.#durable;
    try {
      await this.#settler.settle();
      await this.#settler.alone(() => this.#settler.commit(changes));
      await synced(this.#tables);
    } catch (error) {
      this.#tables.root.resetReadTxn();
      // A batch that shows but could not be synced is undecided.
      if (this.#tables.number('revision') > before) throw this.#fail(error);
      throw error;
    }
  }

  /** fail closes the store: what the disk has is not known any more. */
  #fail(error: unknown): StoreClosedError {
    this.#closed ??= new StoreClosedError(error);
    this.#hub.close(error);
    return this.#closed;
  }

  async #explain(error: unknown): Promise<unknown> {
    if (error instanceof StoreClosedError) return error;
    const disk = await statfs(this.#directory).catch(() => undefined);
    if (!disk) return error;
    const freeBytes = disk.bavail * disk.bsize;
    // What was too much for the disk may leave more free than that.
    const isFull = isNoSpace(error) || freeBytes < FULL_BYTES;
    return isFull ? new StoreFullError(this.#directory, freeBytes, error) : error;
  }

  async #compactAfter(previous: Promise<void>, revision: number): Promise<void> {
    await previous.catch(() => undefined);
    if (revision > this.#pending.base) await this.#settler.settle();
    if (revision > this.#compacted) {
      this.#compacted = revision;
      await transact(this.#tables, ONE_FIGURE, () => [
        this.#tables.meta.put('compacted', revision),
      ]);
    }
    await sweepLog(this.#tables, this.#compacted, () => this.#closed === undefined);
  }

  #checkOpen(): void {
    if (this.#closed) throw this.#closed;
  }
}
