/** Snapshot keeps what is made of configurations until they change. */
export class Snapshot<T> {
  readonly #revision: () => number;
  readonly #make: () => T;
  #madeAt: number | undefined;
  #made: T | undefined;

  constructor(revision: () => number, make: () => T) {
    this.#revision = revision;
    this.#make = make;
  }

  /** get answers what the configurations are now. */
  get(): T {
    const revision = this.#revision();
    if (this.#made === undefined || this.#madeAt !== revision) {
      this.#made = this.#make();
      this.#madeAt = revision;
    }
    return this.#made;
  }
}
