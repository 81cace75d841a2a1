import type { Clock } from '../../../controller-kit/controller.ts';

/** After so long an expectation is given up: the change was seen as part of something else. */
const GIVE_UP_MS = 300_000;

interface Expected {
  creations: number;
  readonly deletions: Set<string>;
  readonly sinceMs: number;
}

/**
 * Expectations remembers which creations and deletions a controller has asked for and its informer
 * has not shown yet, so that it does not do them again (client-go's ControllerExpectations).
 */
export class Expectations {
  readonly #clock: Clock;
  readonly #expected = new Map<string, Expected>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** met tells whether everything expected of a key was seen, or is given up. */
  met(key: string): boolean {
    const expected = this.#expected.get(key);
    if (!expected) return true;
    const open = expected.creations > 0 || expected.deletions.size > 0;
    return !open || this.#clock.elapsedMs() - expected.sinceMs > GIVE_UP_MS;
  }

  /** expect replaces what is expected of a key. Call it before the first request. */
  expect(key: string, creations: number, deletions: readonly string[]): void {
    const sinceMs = this.#clock.elapsedMs();
    this.#expected.set(key, { creations, deletions: new Set(deletions), sinceMs });
  }

  /** created says that a creation was seen, or will not happen. */
  created(key: string, count = 1): void {
    const expected = this.#expected.get(key);
    if (expected) expected.creations = Math.max(0, expected.creations - count);
  }

  /** deleted says that a deletion (of a uid) was seen, or will not happen. */
  deleted(key: string, uid: string): void {
    this.#expected.get(key)?.deletions.delete(uid);
  }

  /** forget drops a key. */
  forget(key: string): void {
    this.#expected.delete(key);
  }
}
