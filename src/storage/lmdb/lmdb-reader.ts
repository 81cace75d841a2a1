import { demandKept, demandWritten } from '../demand-revision.ts';
import type { SharedLog } from '../shared-log.ts';
import {
  type ListOptions,
  type ListResult,
  type SettledValues,
  type Store,
  StoreClosedError,
  type StoredValue,
  type StoreWatch,
  type WatchSink,
  type Write,
  type WriteResult,
} from '../store.ts';
import { WatchHub } from '../watch-hub.ts';
import { changeOf } from './lmdb-batch.ts';
import { listAt } from './lmdb-list.ts';
import { listWithPending } from './lmdb-pending-list.ts';
import { loggedEvents } from './logged-events.ts';
import { PendingLog } from './pending-log.ts';
import { settledValues } from './settled-values.ts';
import { openTables, type Tables } from './tables.ts';

/** LmdbReaderOptions connects a reader with the store that another thread of this process has open. */
export interface LmdbReaderOptions {
  readonly directory: string;
  /** What the writer publishes. */
  readonly shared: SharedLog;
  /** The store of the other thread; a write resolves when its revision is published. */
  readonly writer: Pick<Store, 'write' | 'compact'>;
}

/** ReadingStore is a store that follows the one in another thread. */
export interface ReadingStore extends Store {
  /**
   * catchUp shows everything that is durable, watches included, before it returns: who calls it
   * after a write was answered anywhere in the process sees that write.
   */
  catchUp(): void;
}

/**
 * openLmdbReader reads the store of another thread straight from the shared map. Its watches move
 * on when catchUp() is called, its writes are carried out by that thread, and so is compaction.
 */
export function openLmdbReader(options: LmdbReaderOptions): ReadingStore {
  return new LmdbReader(options);
}

/** MAX_PENDING is how many changes are kept before it is looked which of them the tables have. */
const MAX_PENDING = 512;

/**
 * INVARIANTS: `#seen` is the newest revision that the watches were told, in order and without gaps.
 * LMDB may show more than is durable; nobody is told of what comes after the published revision.
 * What LMDB may not show up to `#seen` is in `#pending`.
 */
class LmdbReader implements ReadingStore {
  readonly #options: LmdbReaderOptions;
  readonly #tables: Tables;
  readonly #pending: PendingLog;
  readonly #hub: WatchHub;
  readonly settled: SettledValues;
  #place = 0;
  #seen: number;
  #closed: StoreClosedError | undefined;

  constructor(options: LmdbReaderOptions) {
    this.#options = options;
    this.#tables = openTables(options.directory, { readOnly: true });
    this.#tables.root.resetReadTxn();
    this.#pending = new PendingLog(this.#tables.number('revision'));
    this.#seen = options.shared.durable;
    this.#readPending(this.#seen);
    const history = {
      compactedRevision: () => this.#compacted(),
      readEvents: (after: number, limit: number) =>
        loggedEvents(this.#from, after, Math.min(this.#seen, after + limit)),
    };
    this.#hub = new WatchHub(history, this.#seen);
    this.settled = settledValues(this.#tables, {
      revision: () => this.#pending.base,
      compacted: () => this.#compacted(),
    });
  }

  catchUp(): void {
    const { durable } = this.#options.shared;
    if (durable <= this.#seen || this.#closed) return;
    this.#readPending(durable);
    const events = loggedEvents(this.#from, this.#seen, durable);
    this.#seen = durable;
    this.#hub.publish(events, durable);
  }

  async currentRevision(): Promise<number> {
    this.#checkOpen();
    this.catchUp();
    return this.#seen;
  }

  async compactedRevision(): Promise<number> {
    this.#checkOpen();
    this.#tables.root.resetReadTxn();
    return this.#compacted();
  }

  async get(key: string): Promise<StoredValue | undefined> {
    this.#checkOpen();
    this.catchUp();
    const found = this.#pending.find(key, this.#seen);
    if (found) return found.value;
    const revision = this.#tables.index.get(key)?.modRevision ?? 0;
    if (revision > 0 && revision <= this.#seen) return this.#tables.versions.value(revision);
    // Absent, or newer than what is durable: the log tells how it was.
    return listAt(this.#tables, key, this.#seen, {}).items.find((item) => item.key === key);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<ListResult> {
    this.#checkOpen();
    this.catchUp();
    const revision = options.revision || this.#seen;
    demandWritten(revision, this.#seen);
    this.#refresh();
    if (revision < this.#pending.base) {
      await this.#tables.past.prepare(prefix, revision);
      this.#checkOpen();
      this.#refresh();
    }
    demandKept(revision, this.#compacted());
    const changes = this.#pending.upTo(revision);
    return listWithPending(this.#tables, prefix, { revision, changes }, options);
  }

  async write(write: Write): Promise<WriteResult> {
    this.#checkOpen();
    const result = await this.#options.writer.write(write);
    this.catchUp();
    return result;
  }

  watch(prefix: string, afterRevision: number, sink: WatchSink): StoreWatch {
    this.#checkOpen();
    return this.#hub.watch(prefix, afterRevision, sink);
  }

  async compact(revision: number): Promise<void> {
    this.#checkOpen();
    await this.#options.writer.compact(revision);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = new StoreClosedError();
    this.#hub.close();
    await this.#tables.root.close();
  }

  get #from() {
    return { tables: this.#tables, pending: this.#pending };
  }

  #compacted(): number {
    return this.#tables.number('compacted');
  }

  /** readPending reads the changes up to a published revision that the tables do not show. */
  #readPending(durable: number): void {
    const { records, next } = this.#options.shared.read(this.#place);
    this.#place = next;
    if (this.#pending.newest - this.#pending.base > MAX_PENDING) this.#refresh();
    for (const record of records) {
      // What is missing here went past the journal, or was overwritten: the tables have it.
      if (record.revision > this.#pending.newest + 1) this.#refresh();
      if (record.revision <= this.#pending.newest) continue;
      this.#pending.add(changeOf(this.#tables, this.#pending, record));
    }
    if (durable > this.#pending.newest) this.#refresh();
  }

  /** refresh looks at the newest state of the tables. */
  #refresh(): void {
    this.#tables.root.resetReadTxn();
    this.#pending.drop(this.#tables.number('revision'));
  }

  #checkOpen(): void {
    if (this.#closed) throw this.#closed;
  }
}
