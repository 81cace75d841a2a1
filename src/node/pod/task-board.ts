/**
 * TaskBoard runs tasks by key.
 *
 * INVARIANTS: at most one task of a key runs at a time; a task that fails is reported and leaves
 * its key free; `onDone` comes after the key is free.
 */
export class TaskBoard {
  readonly #running = new Map<string, Promise<void>>();
  readonly #onDone: (key: string, error: unknown) => void;

  constructor(onDone: (key: string, error: unknown) => void) {
    this.#onDone = onDone;
  }

  get busy(): ReadonlySet<string> {
    return new Set(this.#running.keys());
  }

  /** run begins a task unless one of its key runs. */
  run(key: string, task: () => Promise<void>): void {
    if (this.#running.has(key)) return;
    const done = (error?: unknown): void => {
      this.#running.delete(key);
      this.#onDone(key, error);
    };
    this.#running.set(
      key,
      task().then(() => done(), done),
    );
  }

  /** idle resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }
}
