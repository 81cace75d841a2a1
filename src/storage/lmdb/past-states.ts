import { decodeRecord } from './record.ts';

/** PastChange is what has happened to a key since a past revision. */
export interface PastChange {
  /** The revision of the version that it had then; 0: there was none. */
  readonly before: number;
  /** Whether it exists now. */
  readonly exists: boolean;
}

/** PastChanges are the changes since a revision by key. */
export type PastChanges = ReadonlyMap<string, PastChange>;

/** LogRange reads records of the log from a revision on, oldest first. */
export type LogRange = (
  start: number,
  limit: number,
) => Iterable<{ readonly key: number; readonly value: Buffer }>;

interface PastState {
  readonly prefix: string;
  readonly revision: number;
  readonly changes: Map<string, PastChange>;
  /** The newest record that was looked at. */
  upTo: number;
}

/** STEP is how many records are read before others have a turn. */
const STEP = 500;
/** MOST_STATES and MOST_CHANGES limit what is remembered. */
const MOST_STATES = 4;
const MOST_CHANGES = 50_000;

/**
 * PastStates finds out how a past revision differs from now, by the log. What it found is remembered
 * for the next page of the same list, which then looks at what is new only.
 */
export class PastStates {
  readonly #range: LogRange;
  readonly #states: PastState[] = [];

  constructor(range: LogRange) {
    this.#range = range;
  }

  /** prepare does most of the work of `since` in steps, so that nobody waits for it. */
  async prepare(prefix: string, revision: number): Promise<void> {
    const state = this.#stateOf(prefix, revision);
    while (this.#read(state, STEP) === STEP) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** since answers the changes after a revision up to the newest that the tables show. */
  since(prefix: string, revision: number): PastChanges {
    const state = this.#stateOf(prefix, revision);
    this.#read(state, Number.POSITIVE_INFINITY);
    return state.changes;
  }

  #stateOf(prefix: string, revision: number): PastState {
    const place = this.#states.findIndex(
      (one) => one.prefix === prefix && one.revision === revision,
    );
    const [known] = place < 0 ? [] : this.#states.splice(place, 1);
    const state = known ?? { prefix, revision, changes: new Map(), upTo: revision };
    this.#states.unshift(state);
    return state;
  }

  #read(state: PastState, limit: number): number {
    const { prefix, changes } = state;
    let count = 0;
    for (const { key: revision, value } of this.#range(state.upTo + 1, limit)) {
      const record = decodeRecord(value);
      state.upTo = revision;
      count += 1;
      if (!record.key.startsWith(prefix)) continue;
      const before = changes.get(record.key)?.before ?? record.previousRevision;
      changes.set(record.key, { before, exists: record.value !== null });
    }
    this.#limit();
    return count;
  }

  /** limit forgets states, never the one that is in use; what changed nothing is not remembered. */
  #limit(): void {
    let changes = 0;
    const kept = this.#states.filter((one, index) => {
      changes += one.changes.size;
      return (
        index === 0 || (index < MOST_STATES && changes <= MOST_CHANGES && one.changes.size > 0)
      );
    });
    this.#states.splice(0, this.#states.length, ...kept);
  }
}
