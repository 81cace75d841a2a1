import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { Steps } from '../../machinery/steps.ts';
import type { StoredValue, StoreEvent } from '../../storage/store.ts';
import { relativeKey, resourcePrefix } from '../storage-key.ts';
import { CacheEvent } from './cache-event.ts';
import type { Entry, EntryKeeper } from './entry.ts';
import { EntryBucket } from './entry-bucket.ts';
import { EntryCodec } from './entry-codec.ts';
import type { EntryMemory } from './entry-memory.ts';
import { EventHistory } from './event-history.ts';
import { type ExpectedWrite, ExpectedWrites } from './expected-writes.ts';
import { LabelTable } from './label-table.ts';

/** CacheWatcher is told every change of a resource. It must not block. */
export interface CacheWatcher {
  onEvent(event: CacheEvent): void;
  /** The newest revision that has been seen, whether it changed this resource or not. */
  onBookmark(revision: number): void;
  /** The cache was loaded anew and events were missed: the watch is over. */
  onReset(): void;
}

/** BATCH is how many objects are loaded before it is looked at the time. */
const BATCH = 100;

/** ListCounts is how many lists there were, how many objects they looked at and how many they answered. */
export interface ListCounts {
  lists: number;
  looked: number;
  answered: number;
}

/** CacheCounts counts what is done with a cache: the lists of the present state and of past ones. */
export interface CacheCounts {
  events: number;
  loads: number;
  readonly cached: ListCounts;
  readonly past: ListCounts;
}

function newListCounts(): ListCounts {
  return { lists: 0, looked: 0, answered: 0 };
}

/** Restore brings stored objects of any former form into the present one; it may change them. */
export type Restore = (objects: readonly KubeObject[]) => Promise<readonly KubeObject[]>;

/**
 * ResourceCache holds all objects of one stored resource.
 *
 * INVARIANTS: it shows the store at the revision of the hub, exactly. `apply` is called in
 * revision order. Entries are never changed, only replaced. Watchers see every event after the
 * one they began with, in order.
 */
export class ResourceCache {
  readonly type: ResourceType;
  readonly prefix: string;
  readonly codec: EntryCodec;
  readonly watchers = new Set<CacheWatcher>();
  /** What has been done with the cache so far; those who serve lists count them. */
  readonly counts: CacheCounts = {
    events: 0,
    loads: 0,
    cached: newListCounts(),
    past: newListCounts(),
  };
  /** expected are the writes of this process that are under way; the keys are relative. */
  readonly expected = new ExpectedWrites();
  #buckets = new Map<string, EntryBucket>();
  #namespaces: string[] | undefined;
  #history = new EventHistory(0);
  #lastRevision = 0;

  /** onWatcherError is told why a watch was cut off. */
  readonly onWatcherError: (error: unknown) => void;
  readonly #restore: Restore | undefined;
  readonly #memory: EntryMemory | undefined;
  readonly #keeper: EntryKeeper;

  /** A watcher that throws loses its watch, and `onWatcherError` is told. */
  constructor(
    type: ResourceType,
    onWatcherError: (error: unknown) => void,
    parts: { readonly restore?: Restore | undefined; readonly memory?: EntryMemory } = {},
  ) {
    this.onWatcherError = onWatcherError;
    this.#restore = parts.restore;
    this.#memory = parts.memory;
    const labels = new LabelTable();
    this.#keeper = {
      bytesOf: ({ revision }) => this.#settledBytes(revision),
      onParsed: (entry) => parts.memory?.onParsed(entry),
      labelsIn: (json) => labels.of(json),
    };
    this.type = type;
    this.prefix = resourcePrefix(type);
    this.codec = new EntryCodec(type);
  }

  get(namespace: string, name: string): Entry | undefined {
    return this.#buckets.get(namespace)?.get(name);
  }

  /** size is how many objects there are. */
  get size(): number {
    let size = 0;
    for (const bucket of this.#buckets.values()) size += bucket.size;
    return size;
  }

  /** sizeBytes is the size of all objects as JSON. */
  get sizeBytes(): number {
    let size = 0;
    for (const bucket of this.#buckets.values()) size += bucket.sizeBytes;
    return size;
  }

  /**
   * list answers the entries of a namespace (empty: of all) in the order of their keys; `after` is
   * the key, relative to the prefix, that they follow.
   */
  list(namespace: string, after = ''): Entry[] {
    if (!this.type.namespaced) return this.#buckets.get('')?.after(after) ?? [];
    if (namespace !== '') return this.#ofNamespace(namespace, after);
    this.#namespaces ??= [...this.#buckets.keys()].sort((a, b) => (`${a}/` < `${b}/` ? -1 : 1));
    return this.#namespaces.flatMap((one) => this.#ofNamespace(one, after));
  }

  #ofNamespace(namespace: string, after: string): Entry[] {
    const bucket = this.#buckets.get(namespace);
    const prefix = relativeKey(namespace, '');
    if (after.startsWith(prefix)) return bucket?.after(after.slice(prefix.length)) ?? [];
    return prefix > after ? (bucket?.after('') ?? []) : [];
  }

  /** eventsSince answers the changes after a revision; undefined when they are too old. */
  eventsSince(revision: number): readonly CacheEvent[] | undefined {
    return this.#history.since(revision);
  }

  /** historyFloor is the oldest revision from which a watch can begin. */
  get historyFloor(): number {
    return this.#history.floor;
  }

  /** lastRevision is the revision of the newest change of this resource. */
  get lastRevision(): number {
    return this.#lastRevision;
  }

  /**
   * load replaces the content by the state at a revision and ends all watches. It works in steps:
   * until it is over, the cache shows what it had.
   */
  async load(items: readonly StoredValue[], revision: number): Promise<void> {
    const buckets = new Map<string, EntryBucket>();
    const steps = new Steps();
    for (let at = 0; at < items.length; at += BATCH) {
      const batch = items.slice(at, at + BATCH);
      const entries = this.#restore
        ? await this.#restored(batch, this.#restore)
        : batch.map((item) => this.#loaded(item));
      for (const entry of entries) bucketIn(buckets, entry.namespace).set(entry);
      const pause = steps.done(0);
      if (pause) await pause;
    }
    this.#buckets = buckets;
    this.#namespaces = undefined;
    this.#history = new EventHistory(revision);
    this.#lastRevision = revision;
    this.counts.loads += 1;
    this.endWatches();
  }

  async #restored(items: readonly StoredValue[], restore: Restore): Promise<Entry[]> {
    const objects = items.map(
      ({ value }) => JSON.parse(Buffer.from(value).toString('utf8')) as KubeObject,
    );
    const restored = await restore(objects);
    return items.map((item, index) => {
      const object = restored[index];
      if (!object) throw new Error(`nothing was restored of ${item.key}`);
      object.metadata.resourceVersion = String(item.modRevision);
      const key = item.key.slice(this.prefix.length);
      return this.codec.decode(key, this.codec.encode(object), item.modRevision, object);
    });
  }

  /** endWatches tells all watchers that their watch is over. */
  endWatches(): void {
    for (const watcher of [...this.watchers]) watcher.onReset();
  }

  /** queuedEntry makes the entry that a write will be under a revision. */
  queuedEntry(key: string, write: ExpectedWrite, revision: number): Entry {
    write.object.metadata.resourceVersion = String(revision);
    write.entry = this.codec.decode(key, write.value, revision, write.object);
    return write.entry;
  }

  /** apply takes one change of the store and tells the watchers. */
  apply(event: StoreEvent): void {
    const change = event.type === 'put' ? this.#applyPut(event.current) : this.#applyDelete(event);
    if (!change) return;
    this.#lastRevision = change.revision;
    this.counts.events += 1;
    this.#history.push(change);
    for (const watcher of this.watchers) this.#tell(watcher, change);
  }

  /** decodeAt makes the entry of a stored value that is not in the cache: an older one. */
  decodeAt(item: StoredValue): Entry {
    return this.codec.decode(item.key.slice(this.prefix.length), item.value, item.modRevision);
  }

  #tell(watcher: CacheWatcher, change: CacheEvent): void {
    try {
      watcher.onEvent(change);
    } catch (error) {
      this.onWatcherError(error);
      watcher.onReset();
    }
  }

  #settledBytes(revision: number): Buffer {
    const settled = this.#memory?.settled();
    if (!settled) throw new Error(`nothing answers revision ${revision}`);
    return settled.read(revision, ({ value }) => this.codec.bytesOf(value, revision));
  }

  /** kept lets an entry forget what the store has; what was restored is not in the store. */
  #kept(entry: Entry): Entry {
    if (this.#restore || !this.#memory) return entry;
    entry.keptBy(this.#keeper);
    this.#memory.keep(entry);
    return entry;
  }

  /**
   * loaded makes the entry of what the store lists. What can be read again is only looked at where it
   * lies: the entry lets go of it at once.
   */
  #loaded(item: StoredValue): Entry {
    const settled = this.#memory?.settled();
    if (!settled || item.modRevision > settled.revision) return this.#kept(this.#decode(item));
    return settled.read(item.modRevision, (lent) => this.#kept(this.decodeAt(lent)));
  }

  #applyPut(item: StoredValue): CacheEvent {
    const entry = this.#kept(this.#decode(item));
    const previous = this.#put(entry);
    return new CacheEvent(item.modRevision, { current: entry, previous, codec: this.codec });
  }

  #applyDelete(event: StoreEvent & { type: 'delete' }): CacheEvent | undefined {
    const key = event.key.slice(this.prefix.length);
    const slash = this.type.namespaced ? key.indexOf('/') : -1;
    const namespace = slash < 0 ? '' : key.slice(0, slash);
    const name = key.slice(slash + 1);
    const bucket = this.#buckets.get(namespace);
    const previous = bucket?.get(name);
    if (!bucket || !previous) return undefined;
    bucket.delete(name);
    if (bucket.size === 0) {
      this.#buckets.delete(namespace);
      this.#namespaces = undefined;
    }
    return new CacheEvent(event.revision, { current: undefined, previous, codec: this.codec });
  }

  #decode(item: StoredValue): Entry {
    const key = item.key.slice(this.prefix.length);
    const expected = this.expected.take(key, item.value, item.modRevision);
    if (!expected) return this.decodeAt(item);
    return expected.entry ?? this.queuedEntry(key, expected, item.modRevision);
  }

  #put(entry: Entry): Entry | undefined {
    if (!this.#buckets.has(entry.namespace)) this.#namespaces = undefined;
    return bucketIn(this.#buckets, entry.namespace).set(entry);
  }
}

/** bucketIn answers the bucket of a namespace, a new one where there is none. */
function bucketIn(buckets: Map<string, EntryBucket>, namespace: string): EntryBucket {
  let bucket = buckets.get(namespace);
  if (!bucket) {
    bucket = new EntryBucket();
    buckets.set(namespace, bucket);
  }
  return bucket;
}
