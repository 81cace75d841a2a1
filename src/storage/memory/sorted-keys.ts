/** SortedKeys is a set of strings in ascending order. */
export class SortedKeys {
  readonly #keys: string[] = [];

  /** add inserts a key; it must not be in the set. */
  add(key: string): void {
    this.#keys.splice(this.#lowerBound(key), 0, key);
  }

  /** remove takes a key out; it must be in the set. */
  remove(key: string): void {
    this.#keys.splice(this.#lowerBound(key), 1);
  }

  /** from walks the keys that begin with a prefix, those after `after` only where given. */
  *from(prefix: string, after: string | undefined): Generator<string> {
    let index = this.#lowerBound(after !== undefined && after > prefix ? after : prefix);
    if (this.#keys[index] === after) index += 1;
    for (; index < this.#keys.length; index += 1) {
      const key = this.#keys[index];
      if (!key?.startsWith(prefix)) return;
      yield key;
    }
  }

  #lowerBound(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
