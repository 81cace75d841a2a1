import type { Database } from 'lmdb';
import { StoreCorruptError, type StoredValue, type StoreEvent } from '../store.ts';
import type { SlotKeeper } from './reader-slot.ts';
import { decodeRecord, type IndexEntry, type LogRecord } from './record.ts';

/** Versions reads what the log has of each revision. Throws StoreCorruptError where it lacks it. */
export class Versions {
  readonly #directory: string;
  readonly #log: Database<Buffer, number>;
  readonly #reading: SlotKeeper['reading'];

  constructor(directory: string, log: Database<Buffer, number>, reading: SlotKeeper['reading']) {
    this.#directory = directory;
    this.#log = log;
    this.#reading = reading;
  }

  /** value reads the version that a revision wrote. */
  value(revision: number): StoredValue {
    return this.#stored(revision, this.#record(revision));
  }

  /** glance passes a record that is only there until something else is read. */
  glance<T>(revision: number, use: (record: LogRecord) => T): T {
    const bytes = this.#reading(() => this.#log.getBinaryFast(revision));
    // The library's own buffer is larger than its length says.
    const view = bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return use(this.#decoded(revision, view));
  }

  /** lend passes a value in the same way. */
  lend<T>(revision: number, use: (value: StoredValue) => T): T {
    return this.glance(revision, (found) => use(this.#stored(revision, found)));
  }

  /** previous is the version that a record replaced, read each time that it is asked for. */
  previous({ key, createRevision, previousRevision }: LogRecord): StoredValue | undefined {
    if (previousRevision === 0) return undefined;
    return this.lazyValue(key, { createRevision, modRevision: previousRevision });
  }

  /** lazyValue is the version that the index has of a key, read each time that it is asked for. */
  lazyValue(key: string, entry: IndexEntry): StoredValue {
    return new LazyValue(key, entry, this);
  }

  /** event tells the change of a revision as watches see it. */
  event(revision: number): StoreEvent {
    const found = this.#record(revision);
    const before = this.previous(found);
    if (found.value !== null) {
      return { type: 'put', current: this.#stored(revision, found), previous: before };
    }
    if (!before) throw this.#corrupt(`revision ${revision} deletes nothing`);
    return { type: 'delete', key: found.key, revision, previous: before };
  }

  #record(revision: number): LogRecord {
    return this.#decoded(
      revision,
      this.#reading(() => this.#log.get(revision)),
    );
  }

  #decoded(revision: number, bytes: Buffer | undefined): LogRecord {
    if (!bytes) throw this.#corrupt(`revision ${revision} is not in the log`);
    try {
      return decodeRecord(bytes);
    } catch (error) {
      throw this.#corrupt(`revision ${revision}: ${(error as Error).message}`, error);
    }
  }

  #stored(revision: number, found: LogRecord): StoredValue {
    if (found.value === null) throw this.#corrupt(`revision ${revision} is a delete`);
    const { key, createRevision } = found;
    return { key, value: found.value, createRevision, modRevision: revision };
  }

  #corrupt(what: string, cause?: unknown): StoreCorruptError {
    return new StoreCorruptError(this.#directory, what, cause);
  }
}

/** LazyValue reads the value of a version each time that it is asked for. */
class LazyValue implements StoredValue {
  readonly key: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly #versions: Versions;

  constructor(key: string, entry: IndexEntry, versions: Versions) {
    this.key = key;
    this.createRevision = entry.createRevision;
    this.modRevision = entry.modRevision;
    this.#versions = versions;
  }

  get value(): Uint8Array {
    return this.#versions.value(this.modRevision).value;
  }
}
