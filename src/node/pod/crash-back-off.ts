const INITIAL_MS = 10_000;
/** MAX_MS is how long anything waits at most. */
export const MAX_MS = 300_000;
/** After so long the wait of a key is over, even if it lasted until the last moment. */
const FORGOTTEN_MS = 3 * MAX_MS;

interface Entry {
  readonly delayMs: number;
  readonly updatedMs: number;
}

/**
 * CrashBackOff says how long to wait before something is tried again: 10 s, doubled up to 5
 * minutes, and from the beginning after 10 quiet minutes (client-go's flowcontrol.Backoff as
 * kubelet uses it). The first repetition is free.
 *
 * INVARIANTS: entries stand in the order in which they were lengthened.
 */
export class CrashBackOff {
  readonly #entries = new Map<string, Entry>();

  /** waitUntilMs answers when `key` may be tried again after its end at `endedMs`; undefined: now. */
  waitUntilMs(key: string, endedMs: number, nowMs: number): number | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#isOld(entry, endedMs)) return undefined;
    const until = endedMs + entry.delayMs;
    // An end that is yet to come: the clock was set back.
    return endedMs <= nowMs && nowMs < until ? until : undefined;
  }

  /** waitUntilSinceTryMs is waitUntilMs for things that fail when they are tried. */
  waitUntilSinceTryMs(key: string, nowMs: number): number | undefined {
    return this.waitUntilMs(key, this.#entries.get(key)?.updatedMs ?? nowMs, nowMs);
  }

  /** delayMs is the length of the current wait of `key`. */
  delayMs(key: string): number {
    return this.#entries.get(key)?.delayMs ?? 0;
  }

  /** next lengthens the wait of `key`; call it whenever it is tried again. */
  next(key: string, endedMs: number, nowMs: number): void {
    const entry = this.#entries.get(key);
    const fresh = entry === undefined || this.#isOld(entry, endedMs);
    const delayMs = fresh ? INITIAL_MS : Math.min(entry.delayMs * 2, MAX_MS);
    this.#sweep(nowMs);
    this.#entries.delete(key);
    this.#entries.set(key, { delayMs, updatedMs: nowMs });
  }

  /** sweep forgets keys that nobody tries any more: the oldest stand first. */
  #sweep(nowMs: number): void {
    for (const [key, { updatedMs }] of this.#entries) {
      if (nowMs - updatedMs <= FORGOTTEN_MS) return;
      this.#entries.delete(key);
    }
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  #isOld(entry: Entry, endedMs: number): boolean {
    return endedMs - entry.updatedMs > 2 * MAX_MS;
  }
}
