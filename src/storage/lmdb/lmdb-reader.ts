import {
  CompactedError,
  FutureRevisionError,
  type ListOptions,
  type ListResult,
  type Store,
  StoreClosedError,
  type StoredValue,
  type StoreEvent,
  type StoreWatch,
  type WatchSink,
  type Write,
  type WriteResult,
} from '../store.ts';
import { WatchHub } from '../watch-hub.ts';
import { listAt } from './lmdb-list.ts';
import { openTables, type Tables } from './tables.ts';

/** LmdbReaderOptions connects a reader with the store that another thread of this process has open. */
export interface LmdbReaderOptions {
  readonly directory: string;
  /** The newest durable revision, as the writer published it: asked often, so it must be cheap. */
  durable(): number;
  /** The store of the other thread; a write resolves when durable() shows the result. */
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

/**
 * INVARIANTS: `#seen` is the newest revision that the watches were told, in order and without gaps.
 * LMDB may show more than is durable; nobody is told of what comes after durable().
 */
class LmdbReader implements ReadingStore {
  readonly #options: LmdbReaderOptions;
  readonly #tables: Tables;
  readonly #hub: WatchHub;
  #seen: number;
  #closed: StoreClosedError | undefined;

  constructor(options: LmdbReaderOptions) {
    this.#options = options;
    this.#tables = openTables(options.directory, { readOnly: true });
    this.#seen = options.durable();
    this.#tables.root.resetReadTxn();
    const history = {
      compactedRevision: () => this.#compacted(),
      readEvents: (after: number, limit: number) =>
        this.#readEvents(after, Math.min(this.#seen, after + limit)),
    };
    this.#hub = new WatchHub(history, this.#seen);
  }

  catchUp(): void {
    const durable = this.#options.durable();
    if (durable <= this.#seen || this.#closed) return;
    this.#tables.root.resetReadTxn();
    const events = this.#readEvents(this.#seen, durable);
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
    const revision = this.#tables.entry(key)?.modRevision ?? 0;
    if (revision > 0 && revision <= this.#seen) return this.#tables.value(revision);
    // Absent, or newer than what is durable: the log tells how it was.
    return listAt(this.#tables, key, this.#seen, {}).items.find((item) => item.key === key);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<ListResult> {
    this.#checkOpen();
    this.catchUp();
    const revision = options.revision || this.#seen;
    if (revision > this.#seen) throw new FutureRevisionError(revision, this.#seen);
    this.#tables.root.resetReadTxn();
    const compacted = this.#compacted();
    if (revision < compacted) throw new CompactedError(compacted);
    return listAt(this.#tables, prefix, revision, options);
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

  #compacted(): number {
    return this.#tables.number('compacted');
  }

  #readEvents(after: number, last: number): StoreEvent[] {
    const events: StoreEvent[] = [];
    for (let revision = after + 1; revision <= last; revision += 1) {
      events.push(this.#tables.event(revision));
    }
    return events;
  }

  #checkOpen(): void {
    if (this.#closed) throw this.#closed;
  }
}
