import type { Entry } from './entry.ts';

/** MAX_LATE is how many names wait to be put in order. */
const MAX_LATE = 1000;

/**
 * EntryBucket holds the entries of one namespace (or of a cluster-scoped resource) by name.
 *
 * INVARIANTS: every name is once in `#sorted` or `#late`; names in `#gone` are there but have no
 * entry. So neither a write nor a list ever sorts many names.
 */
export class EntryBucket {
  readonly #entries = new Map<string, Entry>();
  #sorted: string[] = [];
  /** Names that came after a greater one. */
  #late: string[] = [];
  readonly #gone = new Set<string>();

  get(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  set(entry: Entry): void {
    const { name } = entry;
    if (!this.#entries.has(name) && !this.#gone.delete(name)) this.#insert(name);
    this.#entries.set(name, entry);
  }

  delete(name: string): void {
    if (!this.#entries.delete(name)) return;
    this.#gone.add(name);
    if (this.#gone.size > Math.max(MAX_LATE, this.#entries.size)) this.#arrange();
  }

  get size(): number {
    return this.#entries.size;
  }

  /** appendTo adds all entries in the order of their names. */
  appendTo(list: Entry[]): void {
    if (this.#late.length > 0) this.#arrange();
    for (const name of this.#sorted) {
      const entry = this.#entries.get(name);
      if (entry) list.push(entry);
    }
  }

  #insert(name: string): void {
    const last = this.#sorted.at(-1);
    if (last === undefined || last < name) {
      this.#sorted.push(name);
      return;
    }
    this.#late.push(name);
    if (this.#late.length >= MAX_LATE) this.#arrange();
  }

  /** arrange puts the late names in their places and takes out those that have gone. */
  #arrange(): void {
    const late = this.#late.sort();
    const arranged: string[] = [];
    let next = 0;
    const add = (name: string) => {
      if (this.#entries.has(name) || !this.#gone.has(name)) arranged.push(name);
    };
    for (const name of this.#sorted) {
      for (let one = late[next]; one !== undefined && one < name; one = late[next]) {
        add(one);
        next += 1;
      }
      add(name);
    }
    for (const name of late.slice(next)) add(name);
    this.#sorted = arranged;
    this.#late = [];
    this.#gone.clear();
  }
}
