import type { Entry } from './entry.ts';

/** MAX_LATE is how many names wait to be put in order. */
const MAX_LATE = 1000;

/**
 * EntryBucket holds the entries of one namespace (or of a cluster-scoped resource) by name.
 *
 * INVARIANTS: every name is once in `#sorted` or `#late`; names in `#gone` are there but have no
 * entry. What stands in `#sorted` is the entry of its name, but for names in `#gone`. So neither a
 * write nor a list ever sorts many names, and a list looks nothing up.
 */
export class EntryBucket {
  readonly #entries = new Map<string, Entry>();
  #sizeBytes = 0;
  #sorted: Entry[] = [];
  /** Names that came after a greater one. */
  #late: string[] = [];
  readonly #gone = new Set<string>();

  get(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  set(entry: Entry): void {
    const { name } = entry;
    const before = this.#entries.get(name);
    const isNew = !before && !this.#gone.delete(name);
    this.#sizeBytes += entry.sizeBytes - (before?.sizeBytes ?? 0);
    this.#entries.set(name, entry);
    if (isNew) this.#insert(entry);
    else this.#replace(entry);
  }

  delete(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#entries.delete(name);
    this.#sizeBytes -= entry.sizeBytes;
    this.#gone.add(name);
    if (this.#gone.size > Math.max(MAX_LATE, this.#entries.size)) this.#arrange();
  }

  get size(): number {
    return this.#entries.size;
  }

  /** sizeBytes is the size of all entries as JSON. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** after answers the entries whose names follow a name, in the order of their names; all: ''. */
  after(name: string): Entry[] {
    if (this.#late.length > 0 || this.#gone.size > 0) this.#arrange();
    const start = this.#lowerBound(name);
    return this.#sorted.slice(this.#sorted[start]?.name === name ? start + 1 : start);
  }

  #insert(entry: Entry): void {
    const last = this.#sorted.at(-1);
    if (last === undefined || last.name < entry.name) {
      this.#sorted.push(entry);
      return;
    }
    this.#late.push(entry.name);
    if (this.#late.length >= MAX_LATE) this.#arrange();
  }

  #replace(entry: Entry): void {
    const place = this.#lowerBound(entry.name);
    if (this.#sorted[place]?.name === entry.name) this.#sorted[place] = entry;
  }

  /** lowerBound answers the place of the first entry whose name does not come before a name. */
  #lowerBound(name: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle]?.name ?? '') < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** arrange puts the late names in their places and takes out those that have gone. */
  #arrange(): void {
    const late = this.#late.sort();
    const arranged: Entry[] = [];
    let next = 0;
    const addLate = (before?: string) => {
      for (; next < late.length; next += 1) {
        const name = late[next] ?? '';
        if (before !== undefined && name >= before) return;
        const entry = this.#entries.get(name);
        if (entry) arranged.push(entry);
      }
    };
    for (const entry of this.#sorted) {
      addLate(entry.name);
      if (!this.#gone.has(entry.name)) arranged.push(entry);
    }
    addLate();
    this.#sorted = arranged;
    this.#late = [];
    this.#gone.clear();
  }
}
