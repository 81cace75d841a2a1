/** STEP_BYTES is how much is worked on before others have a turn: some milliseconds' worth. */
const STEP_BYTES = 512 * 1024;
/** STEP_MS is how long a step may take where the work is more than its bytes tell. */
const STEP_MS = 8;
/** Small things cost more than their bytes. */
const THING_BYTES = 512;

/** Those who wait for a turn: each turn of the event loop goes on with one of them. */
const waiting: (() => void)[] = [];

function goOn(): void {
  const next = waiting.shift();
  if (waiting.length > 0) setImmediate(goOn);
  next?.();
}

/**
 * nextTurn resolves in a later turn of the event loop, and in another one for each who waits: of many
 * long requests at a time all together hold up the others no longer than one does.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(goOn);
  });
}

/** Steps lets the event loop turn in the midst of work on many objects, so that nobody waits for it. */
export class Steps {
  readonly #nowMs: () => number;
  #bytes = 0;
  #since: number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#since = nowMs();
  }

  /** done notes that a thing of a size has been worked on; the answer, if any, is to be awaited. */
  done(sizeBytes: number): Promise<void> | undefined {
    this.#bytes += sizeBytes + THING_BYTES;
    if (this.#bytes < STEP_BYTES && this.#nowMs() - this.#since < STEP_MS) return undefined;
    return this.#pause();
  }

  async #pause(): Promise<void> {
    await nextTurn();
    this.#bytes = 0;
    this.#since = this.#nowMs();
  }
}
