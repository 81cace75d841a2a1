import type { Turn, WriterLines } from '../registry/turns.ts';
import { ElsewhereError } from './elsewhere.ts';

/** CONTENDED_MS is how long the updates of an object go to the main thread after one had to. */
const CONTENDED_MS = 1000;

/** MAX_KEYS bounds how many objects are remembered. */
const MAX_KEYS = 1000;

/** Who comes meanwhile is sent on. */
const ALONE: Turn = { pass: () => undefined };

/**
 * FrontTurns sends those who update one object at the same time to the main thread, where all of
 * them wait in one line: here each would do its work on a version that a writer of another thread
 * is about to replace, and be sent on after that.
 *
 * INVARIANTS: at most one update of an object is under way here. Nothing has been changed when a
 * request is sent on. At most MAX_KEYS objects are remembered, those that were contended last.
 */
export class FrontTurns implements WriterLines {
  readonly #busy = new Set<string>();
  /** Until when, in the order in which it was found out. */
  readonly #contended = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  async take<T>(key: string, work: (turn: Turn) => Promise<T>): Promise<T> {
    if (this.#isContended(key)) throw new ElsewhereError('wait for others who write');
    if (this.#busy.has(key)) throw this.#remember(key, new ElsewhereError('wait in one line'));
    this.#busy.add(key);
    try {
      return await work(ALONE);
    } catch (error) {
      throw error instanceof ElsewhereError ? this.#remember(key, error) : error;
    } finally {
      this.#busy.delete(key);
    }
  }

  #isContended(key: string): boolean {
    const until = this.#contended.get(key);
    if (until === undefined) return false;
    if (this.#now() < until) return true;
    this.#contended.delete(key);
    return false;
  }

  #remember(key: string, error: ElsewhereError): ElsewhereError {
    this.#contended.delete(key);
    this.#contended.set(key, this.#now() + CONTENDED_MS);
    if (this.#contended.size > MAX_KEYS) {
      const [oldest = key] = this.#contended.keys();
      this.#contended.delete(oldest);
    }
    return error;
  }
}
