import type { KubeObject, ResourceType, WatchEvent } from '../../machinery/object.ts';
import { apiVersionOf, objectKey } from '../../machinery/object.ts';
import { newExpired } from '../../machinery/status-error.ts';
import type { WatchQuery } from '../client.ts';
import { EventStream } from './event-stream.ts';
import { type Selection, selectionOf } from './selection.ts';

interface Change {
  readonly revision: number;
  readonly current: KubeObject | undefined;
  readonly previous: KubeObject | undefined;
}

interface Watcher {
  readonly selects: Selection;
  readonly stream: EventStream<WatchEvent>;
}

/** FakeCollection keeps the objects of one resource, their changes, and the watches on them. */
export class FakeCollection {
  readonly type: ResourceType;
  readonly #objects = new Map<string, KubeObject>();
  readonly #watchers = new Set<Watcher>();
  #changes: Change[] = [];
  #expiredUpTo = 0;

  constructor(type: ResourceType) {
    this.type = type;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  /** all answers the objects sorted by key, as the API lists them. */
  all(): KubeObject[] {
    const entries = [...this.#objects.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.map(([, object]) => object);
  }

  /** put stores a frozen object and tells the watches. */
  put(object: KubeObject): void {
    const previous = this.#objects.get(objectKey(object));
    this.#objects.set(objectKey(object), object);
    this.#record({ revision: revisionOf(object), current: object, previous });
  }

  /** remove takes an object out; `last` is how the DELETED event shows it. */
  remove(last: KubeObject): void {
    this.#objects.delete(objectKey(last));
    this.#record({ revision: revisionOf(last), current: undefined, previous: last });
  }

  /** watch follows the changes after the query's resourceVersion, or begins with all objects. */
  watch(query: WatchQuery): AsyncIterable<WatchEvent> {
    const selects = selectionOf(query);
    const after = query.resourceVersion ? Number(query.resourceVersion) : undefined;
    if (after !== undefined && after !== 0 && after < this.#expiredUpTo) {
      throw newExpired(`too old resource version: ${after} (${this.#expiredUpTo})`);
    }
    const watcher: Watcher = {
      selects,
      stream: new EventStream(() => {
        this.#watchers.delete(watcher);
      }),
    };
    if (after) {
      for (const one of this.#changes) if (one.revision > after) deliver(watcher, one);
    } else {
      for (const object of this.all()) {
        if (selects(object)) watcher.stream.push({ type: 'ADDED', object });
      }
    }
    this.#watchers.add(watcher);
    query.signal?.addEventListener('abort', () => watcher.stream.end(), { once: true });
    return watcher.stream;
  }

  /** breakWatches ends the running watches as a server that goes away does. */
  breakWatches(): void {
    for (const { stream } of [...this.#watchers]) stream.end();
  }

  /** expire forgets the changes up to a revision and ends the watches with 410. */
  expire(revision: number): void {
    this.#changes = [];
    this.#expiredUpTo = revision;
    const { status } = newExpired(`too old resource version: 1 (${revision})`);
    for (const { stream } of [...this.#watchers]) {
      stream.push({ type: 'ERROR', object: status as unknown as KubeObject });
      stream.end();
    }
  }

  /** bookmark tells the watches how far they have come. */
  bookmark(revision: number): void {
    const { kind } = this.type;
    const metadata = { resourceVersion: String(revision) };
    const object = { apiVersion: apiVersionOf(this.type), kind, metadata };
    for (const { stream } of this.#watchers) stream.push({ type: 'BOOKMARK', object });
  }

  #record(change: Change): void {
    this.#changes.push(change);
    for (const watcher of this.#watchers) deliver(watcher, change);
  }
}

function revisionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion);
}

/** deliver shows a change to a watch: leaving its selection looks like a delete. */
function deliver({ selects, stream }: Watcher, { current, previous }: Change): void {
  const before = selects(previous);
  if (current && selects(current)) {
    stream.push({ type: before ? 'MODIFIED' : 'ADDED', object: current });
  } else if (previous && before) {
    stream.push({ type: 'DELETED', object: current ?? previous });
  }
}
