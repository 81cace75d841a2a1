import type { Entry } from './entry.ts';

/** EntryBucket holds the entries of one namespace (or of a cluster-scoped resource) by name. */
export class EntryBucket {
  readonly #entries = new Map<string, Entry>();
  #sorted: string[] | undefined = [];

  get(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  set(entry: Entry): void {
    if (this.#sorted && !this.#entries.has(entry.name)) this.#insert(this.#sorted, entry.name);
    this.#entries.set(entry.name, entry);
  }

  delete(name: string): void {
    if (this.#entries.delete(name)) this.#sorted = undefined;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** appendTo adds all entries in the order of their names. */
  appendTo(list: Entry[]): void {
    this.#sorted ??= [...this.#entries.keys()].sort();
    for (const name of this.#sorted) {
      const entry = this.#entries.get(name);
      if (entry) list.push(entry);
    }
  }

  #insert(sorted: string[], name: string): void {
    const last = sorted.at(-1);
    if (last === undefined || last < name) sorted.push(name);
    else this.#sorted = undefined;
  }
}
