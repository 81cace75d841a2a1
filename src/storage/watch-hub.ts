import {
  CompactedError,
  StoreClosedError,
  type StoreEvent,
  type StoreWatch,
  type WatchSink,
} from './store.ts';

/** HISTORY_CHUNK is how many revisions a watch that catches up reads at a time. */
const HISTORY_CHUNK = 500;

/** WatchHistory is what a store lends the hub: its history, read in chunks. */
export interface WatchHistory {
  compactedRevision(): number;
  /** readEvents answers the events after a revision, oldest first, at most `limit` of them. */
  readEvents(afterRevision: number, limit: number): readonly StoreEvent[];
}

interface Watcher {
  readonly prefix: string;
  readonly sink: WatchSink;
  /** The newest revision that was delivered. */
  seen: number;
  /** True once it is fed by publish(); before, it reads the history. */
  live: boolean;
}

/** eventKey is the key that an event is about. */
export function eventKey(event: StoreEvent): string {
  return event.type === 'put' ? event.current.key : event.key;
}

/** eventRevision is the revision of the write that made an event. */
export function eventRevision(event: StoreEvent): number {
  return event.type === 'put' ? event.current.modRevision : event.revision;
}

/**
 * WatchHub feeds the watches of one store.
 *
 * INVARIANTS: publish() is called in revision order with every durable event. A watcher is either
 * live, then `seen` equals `published`; or it has a catch-up step scheduled. A sink is never
 * called from within watch(), and never again after close() or onError.
 */
export class WatchHub {
  readonly #history: WatchHistory;
  readonly #watchers = new Set<Watcher>();
  readonly #queue: { events: readonly StoreEvent[]; revision: number }[] = [];
  #published: number;
  #publishing = false;
  #closed: StoreClosedError | undefined;

  constructor(history: WatchHistory, published: number) {
    this.#history = history;
    this.#published = published;
  }

  /** watch begins a watch of a prefix after a revision; it catches up from the history first. */
  watch(prefix: string, afterRevision: number, sink: WatchSink): StoreWatch {
    if (this.#closed) throw this.#closed;
    const watcher: Watcher = { prefix, sink, seen: afterRevision, live: false };
    this.#watchers.add(watcher);
    this.#schedule(watcher);
    return { close: () => this.#watchers.delete(watcher) };
  }

  /** publish hands durable events to the live watches; a sink may write, which publishes again. */
  publish(events: readonly StoreEvent[], revision: number): void {
    this.#queue.push({ events, revision });
    if (this.#publishing) return;
    this.#publishing = true;
    for (let batch = this.#queue.shift(); batch; batch = this.#queue.shift()) {
      this.#published = batch.revision;
      for (const watcher of [...this.#watchers]) {
        if (watcher.live) this.#deliver(watcher, batch.events, batch.revision);
      }
    }
    this.#publishing = false;
  }

  /** close ends all watches with StoreClosedError. */
  close(cause?: unknown): void {
    this.#closed ??= new StoreClosedError(cause);
    for (const watcher of [...this.#watchers]) this.#end(watcher, this.#closed);
  }

  #schedule(watcher: Watcher): void {
    setImmediate(() => this.#catchUp(watcher));
  }

  #catchUp(watcher: Watcher): void {
    if (!this.#watchers.has(watcher)) return;
    try {
      this.#step(watcher);
    } catch (error) {
      this.#end(watcher, new Error('the history of the store cannot be read', { cause: error }));
    }
  }

  #step(watcher: Watcher): void {
    const compacted = this.#history.compactedRevision();
    if (watcher.seen < compacted) {
      this.#end(watcher, new CompactedError(compacted));
      return;
    }
    if (watcher.seen >= this.#published) {
      watcher.live = true;
      return;
    }
    const events = this.#history.readEvents(watcher.seen, HISTORY_CHUNK);
    const last = events.at(-1);
    const full = events.length === HISTORY_CHUNK && last !== undefined;
    const upTo = full ? eventRevision(last) : this.#published;
    this.#deliver(watcher, events, upTo);
    this.#schedule(watcher);
  }

  #deliver(watcher: Watcher, events: readonly StoreEvent[], revision: number): void {
    if (revision <= watcher.seen) return;
    const after = watcher.seen;
    watcher.seen = revision;
    const mine = events.filter(
      (event) => eventRevision(event) > after && eventKey(event).startsWith(watcher.prefix),
    );
    try {
      watcher.sink.onEvents(mine, revision);
    } catch (error) {
      this.#end(watcher, new Error('the sink of a watch threw', { cause: error }));
    }
  }

  #end(watcher: Watcher, error: Error): void {
    if (this.#watchers.delete(watcher)) watcher.sink.onError(error);
  }
}
