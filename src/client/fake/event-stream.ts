/**
 * EventStream is an async iterable that is fed by push(); it ends after end() once everything was
 * read. One reader at a time; leaving the loop runs `onClose`.
 */
export class EventStream<T> implements AsyncIterableIterator<T> {
  readonly #items: T[] = [];
  readonly #onClose: () => void;
  #waiting: ((result: IteratorResult<T>) => void) | undefined;
  #ended = false;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  /** push adds an item; ignored after end(). */
  push(item: T): void {
    if (this.#ended) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting({ done: false, value: item });
    else this.#items.push(item);
  }

  /** end finishes the stream after what was pushed. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onClose();
    this.#waiting?.({ done: true, value: undefined });
    this.#waiting = undefined;
  }

  async next(): Promise<IteratorResult<T>> {
    const item = this.#items.shift();
    if (item !== undefined) return { done: false, value: item };
    if (this.#ended) return { done: true, value: undefined };
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  async return(): Promise<IteratorResult<T>> {
    this.#items.length = 0;
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
