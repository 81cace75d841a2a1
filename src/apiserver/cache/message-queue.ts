import type { WatchEvent } from '../../machinery/object.ts';
import type { WatchMessage } from './cache-event.ts';
import type { MessageSink, WatchSource } from './message-sink.ts';

/** MAX_QUEUED is how many events may wait for an in-process watcher before it is cut off. */
const MAX_QUEUED = 100_000;

/**
 * MessageQueue turns a watch into an async iterable for a caller in this process.
 *
 * INVARIANTS: the iterator's return(), the signal and the end of the source all close the source
 * exactly once. A consumer that lags MAX_QUEUED behind is cut off: its iteration ends.
 */
export class MessageQueue implements MessageSink, AsyncIterableIterator<WatchEvent> {
  #queue: WatchMessage[] = [];
  #read = 0;
  #waiting: ((result: IteratorResult<WatchEvent>) => void) | undefined;
  #ended = false;
  #close: () => void = () => undefined;

  /** open begins a watch; aborting the signal ends it. */
  open(source: WatchSource, signal?: AbortSignal): this {
    if (signal?.aborted) {
      this.#ended = true;
      return this;
    }
    const close = source.open(this);
    const onAbort = () => this.end();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#close = () => {
      signal?.removeEventListener('abort', onAbort);
      close();
    };
    if (this.#ended) this.#close();
    return this;
  }

  send(message: WatchMessage): void {
    if (this.#ended) return;
    if (this.#waiting) {
      const resolve = this.#waiting;
      this.#waiting = undefined;
      resolve({ done: false, value: eventOf(message) });
      return;
    }
    this.#queue.push(message);
    if (this.#queue.length - this.#read > MAX_QUEUED) {
      this.#queue = [];
      this.end();
    }
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#close();
    this.#waiting?.({ done: true, value: undefined });
    this.#waiting = undefined;
  }

  next(): Promise<IteratorResult<WatchEvent>> {
    const message = this.#queue[this.#read];
    if (message) {
      this.#read += 1;
      if (this.#read > 1024) {
        this.#queue = this.#queue.slice(this.#read);
        this.#read = 0;
      }
      return Promise.resolve({ done: false, value: eventOf(message) });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  return(): Promise<IteratorResult<WatchEvent>> {
    this.#queue = [];
    this.#read = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function eventOf(message: WatchMessage): WatchEvent {
  return { type: message.type, object: message.payload.object as WatchEvent['object'] };
}
