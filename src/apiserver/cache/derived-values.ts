import type { KubeObject } from '../../machinery/object.ts';
import { Steps } from '../../machinery/steps.ts';
import type { Entry } from './entry.ts';

/** Derive makes something small of an object. It is pure, and the same function each time. */
export type Derive<T extends KubeObject, R> = (object: T) => R;

/**
 * DerivedValues remembers what was made of entries for as long as they are there, so that who counts
 * many objects again and again does not parse them each time.
 */
export class DerivedValues {
  readonly #known = new WeakMap<Derive<never, unknown>, WeakMap<Entry, unknown>>();

  /** of answers what is made of each entry. */
  of<T extends KubeObject, R>(entries: readonly Entry[], derive: Derive<T, R>): R[] {
    const known = this.#knownOf(derive);
    return entries.map((entry) => {
      const before = known.get(entry);
      if (before !== undefined || known.has(entry)) return before as R;
      const made = entry.read((object) => derive(object as T));
      known.set(entry, made);
      return made;
    });
  }

  /** prepare does the work of `of` in steps, so that nobody waits for it. */
  async prepare<T extends KubeObject, R>(
    entries: readonly Entry[],
    derive: Derive<T, R>,
  ): Promise<void> {
    const known = this.#knownOf(derive);
    const steps = new Steps();
    for (const entry of entries) {
      if (known.has(entry)) continue;
      this.of([entry], derive);
      const pause = steps.done(entry.sizeBytes);
      if (pause) await pause;
    }
  }

  #knownOf(derive: Derive<never, unknown>): WeakMap<Entry, unknown> {
    let known = this.#known.get(derive);
    if (!known) {
      known = new WeakMap();
      this.#known.set(derive, known);
    }
    return known;
  }
}
