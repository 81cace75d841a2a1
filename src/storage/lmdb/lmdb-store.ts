import { mkdir, statfs } from 'node:fs/promises';
import {
  CompactedError,
  FutureRevisionError,
  type ListOptions,
  type ListResult,
  type Store,
  StoreClosedError,
  type StoredValue,
  type StoreEvent,
  StoreFullError,
  type StoreWatch,
  type WatchSink,
  type Write,
  type WriteResult,
} from '../store.ts';
import { WatchHub } from '../watch-hub.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { type Batch, commitBatch, decideBatch } from './lmdb-batch.ts';
import { listAt } from './lmdb-list.ts';
import { sweepLog } from './lmdb-sweep.ts';
import { openTables, prepareTables, type Tables, transact } from './tables.ts';

/** MAX_BATCH is how many writes become durable with one sync at most. */
const MAX_BATCH = 1000;
/** Below so many free bytes a failed commit counts as a full disk. */
const FULL_BYTES = 1 << 20;

/** LmdbStoreOptions: `onDurable` is told each newest durable revision, before anybody else is. */
export interface LmdbStoreOptions {
  readonly onDurable?: ((revision: number) => void) | undefined;
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
  try {
    const tables = openTables(directory);
    await prepareTables(tables, directory);
    return new LmdbStore(directory, { tables, lock, onDurable: options.onDurable });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface Waiting {
  readonly write: Write;
  resolve(result: WriteResult): void;
  reject(error: unknown): void;
}

/**
 * INVARIANTS: at most one batch is under way. `#durable` is the newest revision that is synced;
 * LMDB may already show the batch under way, but no caller may: get() answers from its `before`,
 * list() undoes the log down to `#durable`. Events are published after the sync, in revision order.
 */
class LmdbStore implements Store {
  readonly #directory: string;
  readonly #tables: Tables;
  readonly #lock: DirectoryLock;
  readonly #onDurable: (revision: number) => void;
  readonly #hub: WatchHub;
  readonly #queue: Waiting[] = [];
  #durable: number;
  #compacted: number;
  #underWay: Batch | undefined;
  #draining: Promise<void> | undefined;
  #compacting: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #closed: StoreClosedError | undefined;

  constructor(
    directory: string,
    parts: LmdbStoreOptions & { tables: Tables; lock: DirectoryLock },
  ) {
    const { tables } = parts;
    this.#directory = directory;
    this.#tables = tables;
    this.#lock = parts.lock;
    this.#onDurable = parts.onDurable ?? (() => undefined);
    this.#durable = tables.number('revision');
    this.#compacted = tables.number('compacted');
    const history = {
      compactedRevision: () => this.#compacted,
      readEvents: (after: number, limit: number) => this.#readEvents(after, limit),
    };
    this.#hub = new WatchHub(history, this.#durable);
    this.#onDurable(this.#durable);
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
    if (this.#underWay?.before.has(key)) return this.#underWay.before.get(key);
    return this.#read(key);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<ListResult> {
    this.#checkOpen();
    const revision = options.revision || this.#durable;
    if (revision > this.#durable) throw new FutureRevisionError(revision, this.#durable);
    if (revision < this.#compacted) throw new CompactedError(this.#compacted);
    return listAt(this.#tables, prefix, revision, options);
  }

  async write(write: Write): Promise<WriteResult> {
    this.#checkOpen();
    return new Promise((resolve, reject) => {
      this.#queue.push({ write, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  watch(prefix: string, afterRevision: number, sink: WatchSink): StoreWatch {
    this.#checkOpen();
    return this.#hub.watch(prefix, afterRevision, sink);
  }

  async compact(revision: number): Promise<void> {
    this.#checkOpen();
    if (revision > this.#durable) throw new FutureRevisionError(revision, this.#durable);
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
    await this.#tables.root.close();
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
        const reason = await this.#explain(error);
        for (const one of waiting) one.reject(reason);
      }
    }
    this.#draining = undefined;
  }

  async #commit(waiting: readonly Waiting[]): Promise<void> {
    const writes = waiting.map((one) => one.write);
    const batch = decideBatch(writes, this.#durable, (key) => this.#read(key));
    if (batch.events.length > 0) {
      this.#underWay = batch;
      try {
        await commitBatch(this.#tables, batch);
      } catch (error) {
        throw this.#failed(error);
      } finally {
        this.#underWay = undefined;
        this.#tables.root.resetReadTxn();
      }
      this.#durable = batch.revision;
      this.#onDurable(batch.revision);
      this.#hub.publish(batch.events, batch.revision);
    }
    for (const [i, result] of batch.results.entries()) waiting[i]?.resolve(result);
  }

  /** failed closes the store when a batch is visible but could not be synced: it is undecided. */
  #failed(error: unknown): unknown {
    this.#tables.root.resetReadTxn();
    if (this.#tables.number('revision') === this.#durable) return error;
    this.#closed ??= new StoreClosedError(error);
    this.#hub.close(error);
    return this.#closed;
  }

  async #explain(error: unknown): Promise<unknown> {
    if (error instanceof StoreClosedError) return error;
    const disk = await statfs(this.#directory).catch(() => undefined);
    if (!disk) return error;
    const freeBytes = disk.bavail * disk.bsize;
    return freeBytes < FULL_BYTES ? new StoreFullError(this.#directory, freeBytes, error) : error;
  }

  async #compactAfter(previous: Promise<void>, revision: number): Promise<void> {
    await previous.catch(() => undefined);
    if (revision > this.#compacted) {
      this.#compacted = revision;
      await transact(this.#tables, () => [this.#tables.meta.put('compacted', revision)]);
    }
    await sweepLog(this.#tables, this.#compacted, () => this.#closed === undefined);
  }

  #read(key: string): StoredValue | undefined {
    const entry = this.#tables.entry(key);
    return entry && this.#tables.value(entry.modRevision);
  }

  #readEvents(after: number, limit: number): readonly StoreEvent[] {
    const events: StoreEvent[] = [];
    const last = Math.min(this.#durable, after + limit);
    for (let revision = after + 1; revision <= last; revision += 1) {
      events.push(this.#tables.event(revision));
    }
    return events;
  }

  #checkOpen(): void {
    if (this.#closed) throw this.#closed;
  }
}
