import { demandKept, demandWritten } from '../demand-revision.ts';
import {
  type ListOptions,
  type ListResult,
  type OnQueued,
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
import { SortedKeys } from './sorted-keys.ts';

/**
 * newMemoryStore makes an empty Store that lives as long as the process: for tests and simulation.
 * Writes happen at once, in the order of the calls.
 */
export function newMemoryStore(): Store {
  return new MemoryStore();
}

/** A version of a key; `value` undefined is a delete. */
interface Version {
  readonly revision: number;
  readonly value: StoredValue | undefined;
}

/**
 * INVARIANTS: `#versions` of a key ascend and the last one is the newest; `#keys` holds exactly the
 * keys of `#versions`; `#log[i]` is the event of revision `#compacted + 1 + i`.
 */
class MemoryStore implements Store {
  readonly #versions = new Map<string, Version[]>();
  readonly #keys = new SortedKeys();
  readonly #hub: WatchHub;
  #log: StoreEvent[] = [];
  #revision = 0;
  #compacted = 0;
  #closed = false;

  constructor() {
    const history = {
      compactedRevision: () => this.#compacted,
      readEvents: (after: number, limit: number) => {
        const start = after - this.#compacted;
        return this.#log.slice(start, start + limit);
      },
    };
    this.#hub = new WatchHub(history, 0);
  }

  async currentRevision(): Promise<number> {
    this.#checkOpen();
    return this.#revision;
  }

  async compactedRevision(): Promise<number> {
    this.#checkOpen();
    return this.#compacted;
  }

  async get(key: string): Promise<StoredValue | undefined> {
    this.#checkOpen();
    return this.#newest(key);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<ListResult> {
    this.#checkOpen();
    const revision = options.revision || this.#revision;
    demandWritten(revision, this.#revision);
    demandKept(revision, this.#compacted);
    const limit = options.limit || Number.POSITIVE_INFINITY;
    const items: StoredValue[] = [];
    let remainingCount = 0;
    for (const key of this.#keys.from(prefix, options.after)) {
      const value = this.#at(key, revision);
      if (!value) continue;
      if (items.length < limit) items.push(value);
      else remainingCount += 1;
    }
    return { revision, items, more: remainingCount > 0, remainingCount };
  }

  async write(write: Write, onQueued?: OnQueued): Promise<WriteResult> {
    this.#checkOpen();
    const previous = this.#newest(write.key);
    const absentDelete = write.value === null && previous === undefined;
    if ((previous?.modRevision ?? 0) !== write.expectedModRevision || absentDelete) {
      return { ok: false, current: previous };
    }
    const revision = this.#revision + 1;
    onQueued?.(revision);
    this.#apply(makeEvent(write, previous, revision), revision);
    return { ok: true, revision };
  }

  watch(prefix: string, afterRevision: number, sink: WatchSink): StoreWatch {
    this.#checkOpen();
    return this.#hub.watch(prefix, afterRevision, sink);
  }

  async compact(revision: number): Promise<void> {
    this.#checkOpen();
    demandWritten(revision, this.#revision);
    if (revision <= this.#compacted) return;
    this.#log = this.#log.slice(revision - this.#compacted);
    this.#compacted = revision;
    for (const [key, versions] of this.#versions) {
      const kept = keepAfter(versions, revision);
      if (kept.length > 0) this.#versions.set(key, kept);
      else {
        this.#versions.delete(key);
        this.#keys.remove(key);
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#hub.close();
  }

  #apply(event: StoreEvent, revision: number): void {
    const key = event.type === 'put' ? event.current.key : event.key;
    const version: Version = {
      revision,
      value: event.type === 'put' ? event.current : undefined,
    };
    const versions = this.#versions.get(key);
    if (versions) versions.push(version);
    else {
      this.#versions.set(key, [version]);
      this.#keys.add(key);
    }
    this.#log.push(event);
    this.#revision = revision;
    this.#hub.publish([event], revision);
  }

  #newest(key: string): StoredValue | undefined {
    return this.#versions.get(key)?.at(-1)?.value;
  }

  #at(key: string, revision: number): StoredValue | undefined {
    return this.#versions.get(key)?.findLast((one) => one.revision <= revision)?.value;
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreClosedError();
  }
}

function makeEvent(write: Write, previous: StoredValue | undefined, revision: number): StoreEvent {
  if (write.value !== null) {
    const createRevision = previous?.createRevision ?? revision;
    const current = { key: write.key, value: write.value, createRevision, modRevision: revision };
    return { type: 'put', current, previous };
  }
  if (previous === undefined) throw new Error(`delete of ${write.key}, which does not exist`);
  return { type: 'delete', key: write.key, revision, previous };
}

function keepAfter(versions: readonly Version[], revision: number): Version[] {
  const base = versions.findLastIndex((one) => one.revision <= revision);
  const kept = versions.slice(Math.max(base, 0));
  return kept[0]?.value === undefined && base >= 0 ? kept.slice(1) : kept;
}
