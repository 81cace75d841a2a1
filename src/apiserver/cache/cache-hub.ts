import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { nextTurn } from '../../machinery/steps.ts';
import type {
  ListResult,
  Store,
  StoredValue,
  StoreEvent,
  StoreWatch,
} from '../../storage/store.ts';
import { StoreClosedError } from '../../storage/store.ts';
import type { ApiLog } from '../contracts.ts';
import { REGISTRY_PREFIX, relativeKey, resourcePrefix } from '../storage-key.ts';
import type { Entry } from './entry.ts';
import { EntryMemory } from './entry-memory.ts';
import type { ExpectedWrite } from './expected-writes.ts';
import { ResourceCache, type Restore } from './resource-cache.ts';

/** PAGE is how many keys are read of a resource that is added before others have a turn. */
const PAGE = 2000;

/** RELOAD_REST_MS is how long after a failure everything is loaded again. */
const RELOAD_REST_MS = 500;

/** CacheWrite is a compare-and-set of one object. */
export interface CacheWrite {
  readonly namespace: string;
  readonly name: string;
  /** What is written, as an object and encoded for the store; null deletes. */
  readonly put: { readonly draft: KubeObject; readonly value: Buffer } | null;
  /** The entry that the write replaces; undefined: the object must not exist. */
  readonly replaces: Entry | undefined;
}

/** CacheWriteResult tells the version that was written (of a delete: the last state), or failure. */
export type CacheWriteResult =
  | { readonly ok: true; readonly entry: Entry }
  | { readonly ok: false };

/** WriteReport tells how long the store took for a write. */
export interface WriteReport {
  readonly type: ResourceType;
  readonly operation: 'create' | 'update' | 'delete';
  readonly ms: number;
}

/**
 * CacheHub keeps the caches of all stored resources at one revision by one watch of the store, and
 * carries their writes.
 *
 * INVARIANTS: `revision` never decreases. A write is answered only after the caches show it, so a
 * read that follows an acknowledged write sees it.
 */
export class CacheHub {
  readonly #store: Store;
  readonly #memory: EntryMemory;
  readonly #log: ApiLog;
  readonly #onWrite: (report: WriteReport) => void;
  readonly #caches = new Map<string, ResourceCache>();
  /** The cache of the last event, until there are other caches. */
  #last: ResourceCache | undefined;
  /** The events of resources that are being added, since before they were listed. */
  readonly #arriving = new Map<string, StoreEvent[]>();
  readonly #waiters: { readonly revision: number; readonly done: () => void }[] = [];
  #revision = 0;
  /** How often everything was loaded: what follows the store meanwhile may have missed events. */
  #loads = 0;
  #watch: StoreWatch | undefined;
  #closed = false;

  /** `onWrite` is told of every write that the store answered. */
  constructor(
    store: Store,
    types: readonly ResourceType[],
    log: ApiLog,
    onWrite: (report: WriteReport) => void = () => undefined,
  ) {
    this.#store = store;
    this.#onWrite = onWrite;
    this.#memory = new EntryMemory(() => store.settled);
    this.#log = log;
    for (const type of types) {
      const cache = this.#newCache(type);
      this.#caches.set(cache.prefix, cache);
    }
  }

  /** revision is the newest revision that the caches show. */
  get revision(): number {
    return this.#revision;
  }

  /** watchCount is how many watchers there are. */
  get watchCount(): number {
    let count = 0;
    for (const cache of this.#caches.values()) count += cache.watchers.size;
    return count;
  }

  /** caches are all caches. */
  caches(): Iterable<ResourceCache> {
    return this.#caches.values();
  }

  get store(): Store {
    return this.#store;
  }

  /** cache answers the cache of a resource prefix. */
  cache(prefix: string): ResourceCache | undefined {
    return this.#caches.get(prefix);
  }

  /** start loads every resource and begins to follow the store. */
  async start(): Promise<void> {
    const revision = await this.#store.currentRevision();
    for (const cache of this.#caches.values()) {
      const { items } = await this.#store.list(cache.prefix, revision > 0 ? { revision } : {});
      await cache.load(items, revision);
    }
    this.#loads += 1;
    this.#reached(revision);
    this.#follow();
  }

  /**
   * add loads a resource while the hub runs, and resolves when its cache shows everything. The
   * cache takes the place of the one that the resource had, whose watches end. `restore` brings
   * what is in the store into the form that is cached.
   */
  async add(type: ResourceType, restore?: Restore): Promise<void> {
    const cache = this.#newCache(type, restore);
    const events: StoreEvent[] = [];
    const loads = this.#loads;
    this.#arriving.set(cache.prefix, events);
    try {
      const { items, revision } = await this.#listInSteps(cache.prefix);
      await cache.load(items, revision);
      await this.waitFor(revision);
      if (loads !== this.#loads) return await this.add(type, restore);
      for (const event of events) if (revisionOf(event) > revision) cache.apply(event);
      const before = this.#caches.get(cache.prefix);
      this.#caches.set(cache.prefix, cache);
      this.#last = undefined;
      before?.endWatches();
    } finally {
      this.#arriving.delete(cache.prefix);
    }
  }

  /** listInSteps reads the keys of a resource page by page, so that nobody waits for many of them. */
  async #listInSteps(prefix: string): Promise<Pick<ListResult, 'items' | 'revision'>> {
    const items: StoredValue[] = [];
    let page = await this.#store.list(prefix, { limit: PAGE });
    const { revision } = page;
    for (items.push(...page.items); page.more; items.push(...page.items)) {
      await nextTurn();
      const after = items.at(-1)?.key ?? '';
      page = await this.#store.list(prefix, { limit: PAGE, after, revision });
    }
    return { items, revision };
  }

  /** remove forgets the cache of a resource and ends its watches; the store keeps its objects. */
  remove(type: ResourceType): void {
    const prefix = resourcePrefix(type);
    const cache = this.#caches.get(prefix);
    this.#caches.delete(prefix);
    this.#last = undefined;
    cache?.endWatches();
  }

  /** waitFor resolves when the caches show a revision. */
  waitFor(revision: number): Promise<void> {
    if (this.#revision >= revision) return Promise.resolve();
    return new Promise((done) => {
      this.#waiters.push({ revision, done });
    });
  }

  /**
   * write does one compare-and-set and resolves when it is durable and visible. A write that lost
   * is answered when the caches show what it lost against. `onQueued` is told what an object will
   * be before that is durable, so that a further write may replace it: before the call returns, or
   * not at all.
   */
  async write(
    cache: ResourceCache,
    write: CacheWrite,
    onQueued?: (entry: Entry) => void,
  ): Promise<CacheWriteResult> {
    const key = relativeKey(write.namespace, write.name);
    const { put } = write;
    const value = put?.value ?? null;
    const expected: ExpectedWrite | undefined = put
      ? { value: put.value, object: put.draft }
      : undefined;
    if (expected) cache.expected.add(key, expected);
    const expectedModRevision = write.replaces?.revision ?? 0;
    try {
      const startedAt = performance.now();
      const result = await this.#store.write(
        { key: cache.prefix + key, value, expectedModRevision },
        expected &&
          onQueued &&
          ((revision) => onQueued(cache.queuedEntry(key, expected, revision))),
      );
      const { type } = cache;
      this.#onWrite({ type, operation: operationOf(write), ms: performance.now() - startedAt });
      if (!result.ok) {
        await this.waitFor(result.current?.modRevision ?? (await this.#store.currentRevision()));
        return { ok: false };
      }
      await this.waitFor(result.revision);
      const entry = expected?.entry ?? this.#written(cache, write, value, result.revision);
      return { ok: true, entry };
    } finally {
      if (expected) cache.expected.forget(key, expected);
    }
  }

  /** bookmark tells all watchers which revision has been reached. */
  bookmark(): void {
    this.#memory.settle();
    for (const cache of this.#caches.values()) {
      for (const watcher of [...cache.watchers]) watcher.onBookmark(this.#revision);
    }
  }

  close(): void {
    this.#closed = true;
    this.#watch?.close();
    for (const cache of this.#caches.values()) cache.endWatches();
  }

  #newCache(type: ResourceType, restore?: Restore): ResourceCache {
    const onWatcherError = (error: unknown) =>
      this.#log.error({ err: error, resource: type.resource }, 'a watcher failed and was cut off');
    return new ResourceCache(type, onWatcherError, { restore, memory: this.#memory });
  }

  #written(
    cache: ResourceCache,
    write: CacheWrite,
    value: Uint8Array | null,
    revision: number,
  ): Entry {
    if (value === null) {
      if (!write.replaces) throw new Error('a delete must say what it replaces');
      return cache.codec.atRevision(write.replaces, revision);
    }
    const cached = cache.get(write.namespace, write.name);
    if (cached?.revision === revision) return cached;
    return cache.codec.decode(relativeKey(write.namespace, write.name), value, revision);
  }

  #follow(): void {
    this.#watch = this.#store.watch(REGISTRY_PREFIX, this.#revision, {
      onEvents: (events, revision) => this.#onEvents(events, revision),
      onError: (error) => this.#onError(error),
    });
  }

  #onEvents(events: readonly StoreEvent[], revision: number): void {
    for (const event of events) {
      const key = event.type === 'put' ? event.current.key : event.key;
      this.#cacheOfKey(key)?.apply(event);
      if (this.#arriving.size > 0) this.#arrive(key, event);
    }
    this.#reached(revision);
  }

  #arrive(key: string, event: StoreEvent): void {
    for (const [prefix, arriving] of this.#arriving) {
      if (key.startsWith(prefix)) arriving.push(event);
    }
  }

  #reached(revision: number): void {
    this.#revision = Math.max(this.#revision, revision);
    this.#memory.settle();
    if (this.#waiters.length === 0) return;
    const waiting = this.#waiters.splice(0);
    for (const waiter of waiting) {
      if (waiter.revision <= this.#revision) waiter.done();
      else this.#waiters.push(waiter);
    }
  }

  /** cacheOfKey answers the cache that a key belongs to, most often that of the key before. */
  #cacheOfKey(key: string): ResourceCache | undefined {
    if (this.#last && key.startsWith(this.#last.prefix)) return this.#last;
    this.#last = this.#findCache(key);
    return this.#last;
  }

  #findCache(key: string): ResourceCache | undefined {
    const first = key.indexOf('/', REGISTRY_PREFIX.length);
    const core = this.#caches.get(key.slice(0, first + 1));
    if (core) return core;
    return this.#caches.get(key.slice(0, key.indexOf('/', first + 1) + 1));
  }

  #onError(error: Error): void {
    if (this.#closed || error instanceof StoreClosedError) return;
    this.#log.error({ err: error }, 'the watch of the store broke off; loading everything again');
    this.#watch?.close();
    void this.#reload();
  }

  /** reload begins anew with what the store has, as often as it takes. */
  async #reload(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.start();
        if (this.#closed) this.#watch?.close();
        return;
      } catch (error) {
        if (this.#closed || error instanceof StoreClosedError) return;
        this.#log.error({ err: error }, 'loading from the store failed; it is tried again');
      }
      await sleep(RELOAD_REST_MS, undefined, { ref: false });
    }
  }
}

function operationOf({ put, replaces }: CacheWrite): WriteReport['operation'] {
  if (!put) return 'delete';
  return replaces ? 'update' : 'create';
}

function revisionOf(event: StoreEvent): number {
  return event.type === 'put' ? event.current.modRevision : event.revision;
}
