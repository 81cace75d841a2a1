/** MAX_BYTES: what is longer is written beside the event loop, however fast the disk is. */
const MAX_BYTES = 64 * 1024;

/** SLOW_MS: who waited longer for the disk does not wait for it again for a while. */
const SLOW_MS = 2;

/** REST_SHARE is how much longer than the wait was that while is, the first time. */
const REST_SHARE = 4;

/** MAX_REST_MS is how long that while is at most. */
const MAX_REST_MS = 60_000;

/**
 * DiskPace tells whether the event loop may wait for a write to the disk, which is cheaper than having
 * another thread do it while the disk takes a fraction of a millisecond. After a slow write nobody
 * waits for four times as long as that took, and for twice as long as before after each slow one
 * that follows at once: a disk that is always slow is hardly ever waited for.
 */
export class DiskPace {
  readonly #now: () => number;
  #restsUntil = 0;
  /** How many slow writes there were since the last one that was not. */
  #slow = 0;

  /** `now` is a clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** mayWait tells whether a write of so many bytes is one to wait for. */
  mayWait(bytes: number): boolean {
    return bytes <= MAX_BYTES && this.#now() >= this.#restsUntil;
  }

  /** timed waits for a write, and learns how long it took. */
  timed<T>(write: () => T): T {
    const startedAt = this.#now();
    try {
      return write();
    } finally {
      this.#learn(this.#now() - startedAt);
    }
  }

  #learn(ms: number): void {
    if (ms <= SLOW_MS) {
      this.#slow = 0;
      return;
    }
    const restMs = Math.min(ms * REST_SHARE * 2 ** this.#slow, MAX_REST_MS);
    this.#restsUntil = this.#now() + restMs;
    this.#slow += 1;
  }
}
