import type { KubeObject } from '../../machinery/object.ts';
import type { Entry } from './entry.ts';

/** ExpectedWrite is a write of this process whose event is still to come: it saves parsing. */
export interface ExpectedWrite {
  readonly value: Uint8Array;
  readonly object: KubeObject;
  /** The entry that it will be, where its revision is known already. */
  entry?: Entry | undefined;
}

/**
 * ExpectedWrites are the writes of one resource that are under way, several of one object at a time.
 *
 * INVARIANTS: each is taken or forgotten once. Those of one object are in the order in which they
 * were announced.
 */
export class ExpectedWrites {
  readonly #byKey = new Map<string, ExpectedWrite[]>();

  /** add announces a write. */
  add(key: string, write: ExpectedWrite): void {
    const others = this.#byKey.get(key);
    if (others) others.push(write);
    else this.#byKey.set(key, [write]);
  }

  /** take answers the write that made a version of an object, and forgets it. */
  take(key: string, value: Uint8Array, revision: number): ExpectedWrite | undefined {
    const found = this.#byKey
      .get(key)
      ?.find(
        (one) =>
          (one.entry === undefined || one.entry.revision === revision) &&
          (one.value === value || Buffer.compare(one.value, value) === 0),
      );
    if (found) this.forget(key, found);
    return found;
  }

  /** forget takes back what was announced. */
  forget(key: string, write: ExpectedWrite): void {
    const left = this.#byKey.get(key)?.filter((one) => one !== write);
    if (!left) return;
    if (left.length > 0) this.#byKey.set(key, left);
    else this.#byKey.delete(key);
  }
}
