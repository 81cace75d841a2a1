/** ExpiringCache remembers answers for a while, the most recent `size` of them. */
export class ExpiringCache<T> {
  readonly #entries = new Map<string, { readonly value: T; readonly until: number }>();
  readonly #size: number;
  readonly #now: () => Date;

  constructor(size: number, now: () => Date) {
    this.#size = size;
    this.#now = now;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.until > this.#now().getTime()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** put remembers a value for `ttlMs`; not at all where that is 0. */
  put(key: string, value: T, ttlMs: number): void {
    if (ttlMs <= 0) return;
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: this.#now().getTime() + ttlMs });
    if (this.#entries.size <= this.#size) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
