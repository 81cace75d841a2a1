import type { Clock } from './controller.ts';

/** BASE_DELAY_MS and MAX_DELAY_MS bound the back-off of a key, as client-go's item limiter does. */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;

/** QueueMeter is told what happens in a queue; times are in milliseconds. */
export interface QueueMeter {
  /** A key begins to wait. */
  added(): void;
  /** A key is added again because it failed. */
  retried(): void;
  /** A key has been taken after so long. */
  taken(waitedMs: number): void;
  /** The processing of a key took so long. */
  done(workedMs: number): void;
}

/** QueueState is what can be asked of a queue at any time. */
export interface QueueState {
  /** How many keys wait to be taken. */
  readonly length: number;
  /** runningSince answers when the processing of each key began, by `performance.now()`. */
  runningSince(): Iterable<number>;
}

/** MeterOf makes the meter of the queue of a controller. */
export type MeterOf = (controller: string, queue: QueueState) => QueueMeter;

const UNMETERED: QueueMeter = {
  added: () => undefined,
  retried: () => undefined,
  taken: () => undefined,
  done: () => undefined,
};

/**
 * WorkQueue holds keys that want to be looked at.
 *
 * INVARIANTS: a key waits at most once; a key that is being processed is not handed out again
 * before done(), however often it is added meanwhile, and then exactly once more. A key waits for
 * at most one timer: the soonest wins.
 */
export class WorkQueue implements QueueState {
  readonly #clock: Clock;
  readonly #ready: string[] = [];
  /** Since when keys wait. */
  readonly #dirty = new Map<string, number>();
  /** Since when keys are processed. */
  readonly #processing = new Map<string, number>();
  #meter = UNMETERED;
  readonly #failures = new Map<string, number>();
  readonly #delayed = new Map<string, { at: number; cancel: () => void }>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** meterBy tells a meter what happens from now on. */
  meterBy(meter: QueueMeter): void {
    this.#meter = meter;
  }

  /** runningSince answers when the processing of each key began, by `performance.now()`. */
  runningSince(): Iterable<number> {
    return this.#processing.values();
  }

  /** length is how many keys wait to be taken. */
  get length(): number {
    return this.#ready.length;
  }

  /** idle tells whether no key waits, is processed, or is due at the present time. */
  get idle(): boolean {
    return this.#ready.length === 0 && this.#processing.size === 0;
  }

  /** add makes a key wait, unless it does already. */
  add(key: string): void {
    if (this.#stopped || this.#dirty.has(key)) return;
    this.#dirty.set(key, performance.now());
    this.#meter.added();
    if (!this.#processing.has(key)) this.#offer(key);
  }

  /** addAfter adds a key after a while; 0 or less is now. */
  addAfter(key: string, ms: number): void {
    if (this.#stopped) return;
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const at = this.#clock.elapsedMs() + ms;
    const waiting = this.#delayed.get(key);
    if (waiting && waiting.at <= at) return;
    waiting?.cancel();
    const cancel = this.#clock.setTimer(ms, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, cancel });
  }

  /** addRateLimited adds a key after a delay that doubles with every failure, 5 ms to 1,000 s. */
  addRateLimited(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#meter.retried();
    this.addAfter(key, Math.min(BASE_DELAY_MS * 2 ** failures, MAX_DELAY_MS));
  }

  /** failures is how often in a row a key was added rate-limited. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** forget ends the back-off of a key. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** take resolves with the next key, or undefined when the queue was stopped. */
  take(): Promise<string | undefined> {
    if (this.#stopped) return Promise.resolve(undefined);
    const key = this.#ready.shift();
    if (key === undefined) return new Promise((resolve) => this.#takers.push(resolve));
    this.#begin(key);
    return Promise.resolve(key);
  }

  /** done says that the processing of a key ended. */
  done(key: string): void {
    const since = this.#processing.get(key);
    if (since !== undefined) this.#meter.done(performance.now() - since);
    this.#processing.delete(key);
    if (this.#dirty.has(key)) this.#offer(key);
  }

  /** stop drops what waits and releases all takers. */
  stop(): void {
    this.#stopped = true;
    this.#ready.length = 0;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #offer(key: string): void {
    if (this.#stopped) return;
    const taker = this.#takers.shift();
    if (!taker) {
      this.#ready.push(key);
      return;
    }
    this.#begin(key);
    taker(key);
  }

  #begin(key: string): void {
    const now = performance.now();
    this.#meter.taken(now - (this.#dirty.get(key) ?? now));
    this.#dirty.delete(key);
    this.#processing.set(key, now);
  }
}
