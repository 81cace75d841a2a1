/** STEP_BYTES is how much is worked on before others have a turn: some milliseconds' worth. */
const STEP_BYTES = 512 * 1024;
/** Small things cost more than their bytes. */
const THING_BYTES = 512;

/** Steps lets the event loop turn in the midst of work on many objects, so that nobody waits for it. */
export class Steps {
  #bytes = 0;

  /** done notes that a thing of a size has been worked on; the answer, if any, is to be awaited. */
  done(sizeBytes: number): Promise<void> | undefined {
    this.#bytes += sizeBytes + THING_BYTES;
    if (this.#bytes < STEP_BYTES) return undefined;
    this.#bytes = 0;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
