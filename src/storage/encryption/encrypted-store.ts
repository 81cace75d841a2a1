import type {
  ListOptions,
  ListResult,
  OnQueued,
  SettledValues,
  Store,
  StoredValue,
  StoreEvent,
  StoreWatch,
  WatchSink,
  Write,
  WriteResult,
} from '../store.ts';
import type { Keyring } from './keyring.ts';

/**
 * newEncryptedStore keeps the values of some keys encrypted in a store: whoever uses it sees them
 * plain. Values of other keys cost a look at the key.
 */
export function newEncryptedStore(store: Store, keyring: Keyring): Store {
  return new EncryptedStore(store, keyring);
}

class EncryptedStore implements Store {
  readonly #store: Store;
  readonly #keyring: Keyring;
  readonly settled: SettledValues | undefined;

  constructor(store: Store, keyring: Keyring) {
    this.#store = store;
    this.#keyring = keyring;
    this.settled = store.settled && this.#plainValues(store.settled);
  }

  /** plainValues asks only for what is wanted: it is looked at with every change of the store. */
  #plainValues(settled: SettledValues): SettledValues {
    return {
      get revision() {
        return settled.revision;
      },
      get compacted() {
        return settled.compacted;
      },
      read: (revision, use) => settled.read(revision, (stored) => use(this.#plain(stored))),
    };
  }

  currentRevision(): Promise<number> {
    return this.#store.currentRevision();
  }

  async get(key: string): Promise<StoredValue | undefined> {
    const found = await this.#store.get(key);
    return found && this.#plain(found);
  }

  async list(prefix: string, options?: ListOptions): Promise<ListResult> {
    const page = await this.#store.list(prefix, options);
    if (!page.items.some((one) => this.#keyring.covers(one.key))) return page;
    return { ...page, items: page.items.map((one) => this.#plain(one)) };
  }

  async write(write: Write, onQueued?: OnQueued): Promise<WriteResult> {
    const { key, value } = write;
    if (!this.#keyring.covers(key)) return this.#store.write(write, onQueued);
    const sealed = value && this.#keyring.encrypt(key, value);
    const result = await this.#store.write({ ...write, value: sealed }, onQueued);
    if (result.ok || !result.current) return result;
    return { ok: false, current: this.#plain(result.current) };
  }

  watch(prefix: string, afterRevision: number, sink: WatchSink): StoreWatch {
    return this.#store.watch(prefix, afterRevision, {
      onEvents: (events, revision) =>
        sink.onEvents(
          events.some((one) => this.#keyring.covers(keyOf(one)))
            ? events.map((one) => this.#plainEvent(one))
            : events,
          revision,
        ),
      onError: (error) => sink.onError(error),
    });
  }

  compact(revision: number): Promise<void> {
    return this.#store.compact(revision);
  }

  compactedRevision(): Promise<number> {
    return this.#store.compactedRevision();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #plain(stored: StoredValue): StoredValue {
    if (!this.#keyring.covers(stored.key)) return stored;
    return { ...stored, value: this.#keyring.decrypt(stored.key, stored.value) };
  }

  #plainEvent(event: StoreEvent): StoreEvent {
    if (!this.#keyring.covers(keyOf(event))) return event;
    if (event.type === 'delete') return { ...event, previous: this.#plain(event.previous) };
    const { previous } = event;
    return {
      ...event,
      current: this.#plain(event.current),
      previous: previous && this.#plain(previous),
    };
  }
}

function keyOf(event: StoreEvent): string {
  return event.type === 'put' ? event.current.key : event.key;
}
