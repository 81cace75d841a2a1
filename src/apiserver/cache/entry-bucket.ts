import type { Entry } from './entry.ts';

/** MIN_LATE is how many names wait at least to be put in order: a sixteenth of those in order. */
const MIN_LATE = 1000;
const LATE_SHARE = 16;

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

  /** set puts an entry in its place and answers the one that it replaces. */
  set(entry: Entry): Entry | undefined {
    const { name } = entry;
    const before = this.#entries.get(name);
    const isNew = !before && !(this.#gone.size > 0 && this.#gone.delete(name));
    this.#sizeBytes += entry.sizeBytes - (before?.sizeBytes ?? 0);
    this.#entries.set(name, entry);
    if (isNew) this.#insert(entry);
    else this.#replace(entry);
    return before;
  }

  delete(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#entries.delete(name);
    this.#sizeBytes -= entry.sizeBytes;
    this.#gone.add(name);
    if (this.#gone.size > Math.max(MIN_LATE, this.#entries.size)) this.#arrange();
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
    if (this.#late.length >= Math.max(MIN_LATE, this.#sorted.length / LATE_SHARE)) this.#arrange();
  }

  #replace(entry: Entry): void {
    const place = this.#lowerBound(entry.name);
    if (this.#sorted[place]?.name === entry.name) this.#sorted[place] = entry;
  }

  /** lowerBound answers the place of the first entry from a place on whose name does not come before a name. */
  #lowerBound(name: string, from = 0): number {
    let start = from;
    let high = this.#sorted.length;
    while (start < high) {
      const middle = (start + high) >>> 1;
      if ((this.#sorted[middle]?.name ?? '') < name) start = middle + 1;
      else high = middle;
    }
    return start;
  }

  /** arrange puts the late names in their places and takes out those that have gone. */
  #arrange(): void {
    const before = this.#sorted;
    const arranged: Entry[] = [];
    let from = 0;
    const copy = (end: number) => {
      for (; from < end; from += 1) arranged.push(before[from] as Entry);
    };
    for (const name of this.#late.sort()) {
      const entry = this.#entries.get(name);
      if (!entry) continue;
      copy(this.#lowerBound(name, from));
      arranged.push(entry);
    }
    copy(before.length);
    const gone = this.#gone;
    this.#sorted = gone.size > 0 ? arranged.filter(({ name }) => !gone.has(name)) : arranged;
    this.#late = [];
    gone.clear();
  }
}
