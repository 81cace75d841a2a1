/** WriterLines says when who updates an object may begin. */
export interface WriterLines {
  /** take carries out the work when it is its turn, and answers what the work answers. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/**
 * Turns lets the writers of one object go one after the other, first come, first served. Without
 * it all of them would do their work on the same version, and all but one in vain.
 *
 * INVARIANTS: a line exists exactly while somebody has the turn. Each turn is given back once.
 * Who has the turn of a key must not wait for another turn of it.
 */
export class Turns implements WriterLines {
  readonly #lines = new Map<string, (() => void)[]>();

  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(key);
    if (line) await new Promise<void>((resolve) => line.push(resolve));
    else this.#lines.set(key, []);
    try {
      return await work();
    } finally {
      this.#next(key);
    }
  }

  #next(key: string): void {
    const next = this.#lines.get(key)?.shift();
    if (next) next();
    else this.#lines.delete(key);
  }
}
