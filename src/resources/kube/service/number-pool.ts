/** ClaimResult is the outcome of asking for one number. */
export type ClaimResult = 'ok' | 'taken' | 'outside';

/**
 * NumberPool hands out numbers of a range, each once.
 * INVARIANTS: every method is synchronous, so that two claims never get the same number; a number
 * has one owner from its claim until its release, and only its owner can release it.
 */
export class NumberPool {
  readonly #first: number;
  readonly #size: number;
  readonly #reserved: ReadonlySet<number>;
  readonly #random: () => number;
  readonly #owners = new Map<number, string>();

  /** `reserved` numbers are given only to those that ask for them by name. */
  constructor(
    range: { readonly first: number; readonly size: number },
    reserved: Iterable<number>,
    random: () => number,
  ) {
    this.#first = range.first;
    this.#size = range.size;
    this.#reserved = new Set(reserved);
    this.#random = random;
  }

  /** counts tells how many numbers are taken, and how many are not. */
  counts(): { readonly used: number; readonly free: number } {
    return { used: this.#owners.size, free: this.#size - this.#owners.size };
  }

  /** claim takes one certain number. */
  claim(number: number, owner: string): ClaimResult {
    if (number < this.#first || number >= this.#first + this.#size) return 'outside';
    if (this.#owners.has(number)) return 'taken';
    this.#owners.set(number, owner);
    return 'ok';
  }

  /** claimAny takes a number that is free and not reserved; undefined when there is none. */
  claimAny(owner: string): number | undefined {
    const start = Math.floor(this.#random() * this.#size);
    for (let step = 0; step < this.#size; step += 1) {
      const number = this.#first + ((start + step) % this.#size);
      if (this.#reserved.has(number) || this.#owners.has(number)) continue;
      this.#owners.set(number, owner);
      return number;
    }
    return undefined;
  }

  /** ownerOf answers who has a number. */
  ownerOf(number: number): string | undefined {
    return this.#owners.get(number);
  }

  /** release gives a number back, if it is the owner's. */
  release(number: number, owner: string): void {
    if (this.#owners.get(number) === owner) this.#owners.delete(number);
  }
}
