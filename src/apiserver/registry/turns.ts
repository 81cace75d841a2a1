import type { Entry } from '../cache/entry.ts';

/** Queued is what an object will be when a write that is in the queue of the store is durable. */
export interface Queued {
  /** In the form of the store. */
  readonly entry: Entry;
  /** Resolves with true when it is durable and the caches show it, with false when it failed. */
  readonly durable: Promise<boolean>;
}

/** Turn is what somebody has who may update an object. */
export interface Turn {
  /** What the one before has queued; absent where the caches show all that is known of the object. */
  readonly queued?: Queued | undefined;
  /** pass gives the turn on before the work is over, to stand on what was queued. */
  pass(queued: Queued): void;
}

/** WriterLines says when who updates an object may begin. */
export interface WriterLines {
  /** take carries out the work when it is its turn, and answers what the work answers. */
  take<T>(key: string, work: (turn: Turn) => Promise<T>): Promise<T>;
}

interface Line {
  readonly waiting: (() => void)[];
  isTaken: boolean;
  /** The newest that was queued, until it is durable or has failed. */
  queued: Queued | undefined;
}

/**
 * Turns lets the writers of one object go one after the other, first come, first served. Without
 * it all of them would do their work on the same version, and all but one in vain. A writer whose
 * write is in the queue of the store passes the turn on, so that those of several writers become
 * durable together.
 *
 * INVARIANTS: a line exists exactly while somebody has the turn or something is queued. Each turn
 * is given on once. Who has the turn of a key must not wait for another turn of it.
 */
export class Turns implements WriterLines {
  readonly #lines = new Map<string, Line>();

  async take<T>(key: string, work: (turn: Turn) => Promise<T>): Promise<T> {
    const line = this.#lines.get(key) ?? this.#newLine(key);
    if (line.isTaken) await new Promise<void>((resolve) => line.waiting.push(resolve));
    line.isTaken = true;
    let isMine = true;
    const giveOn = () => {
      if (isMine) this.#next(key, line);
      isMine = false;
    };
    const pass = (queued: Queued) => {
      if (!isMine) return;
      this.#queue(key, line, queued);
      giveOn();
    };
    try {
      return await work({ queued: line.queued, pass });
    } finally {
      giveOn();
    }
  }

  #newLine(key: string): Line {
    const line: Line = { waiting: [], isTaken: false, queued: undefined };
    this.#lines.set(key, line);
    return line;
  }

  #queue(key: string, line: Line, queued: Queued): void {
    line.queued = queued;
    void queued.durable.then(() => {
      if (line.queued !== queued) return;
      line.queued = undefined;
      this.#tidy(key, line);
    });
  }

  #next(key: string, line: Line): void {
    const next = line.waiting.shift();
    if (next) next();
    else line.isTaken = false;
    this.#tidy(key, line);
  }

  #tidy(key: string, line: Line): void {
    if (!line.isTaken && !line.queued) this.#lines.delete(key);
  }
}
