/**
 * SharedRevision is a revision that one thread publishes and others read without asking it. The
 * buffer is what is handed to the other threads.
 */
export class SharedRevision {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: BigInt64Array;

  constructor(buffer = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#cells = new BigInt64Array(buffer);
  }

  /** value is the newest revision that was published. */
  get value(): number {
    return Number(Atomics.load(this.#cells, 0));
  }

  /** publish makes a revision visible to all threads before it returns. */
  publish(revision: number): void {
    Atomics.store(this.#cells, 0, BigInt(revision));
  }
}
