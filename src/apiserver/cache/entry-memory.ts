import type { SettledValues } from '../../storage/store.ts';
import type { Entry } from './entry.ts';

/** PARSED_BYTES is how much JSON may stay parsed in all entries of a server. */
const PARSED_BYTES = 4 * 1024 * 1024;
/** How much may be taken from the front of a list before it is cut. */
const SLACK = 1024;

/** Line is a list that is added to at one end and taken from at the other. */
class Line<T> {
  #items: T[] = [];
  #start = 0;

  get first(): T | undefined {
    return this.#items[this.#start];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#start];
    if (item === undefined) return undefined;
    this.#start += 1;
    if (this.#start > SLACK) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
    return item;
  }
}

/**
 * EntryMemory limits what the entries of a server hold: bytes only until the store can answer them
 * again, objects up to a number of bytes, the first that were parsed go first.
 *
 * INVARIANTS: entries come to keep() in revision order. An entry forgets its bytes only when the
 * store has settled its revision.
 */
export class EntryMemory {
  readonly settled: () => SettledValues | undefined;
  readonly #limitBytes: number;
  readonly #fat = new Line<Entry>();
  readonly #parsed = new Line<Entry>();
  #parsedBytes = 0;

  constructor(settled: () => SettledValues | undefined, limitBytes = PARSED_BYTES) {
    this.settled = settled;
    this.#limitBytes = limitBytes;
  }

  /** keep notes an entry that has its bytes; it forgets them when the store has settled them. */
  keep(entry: Entry): void {
    const revision = this.settled()?.revision;
    if (revision === undefined) return;
    if (entry.revision <= revision) entry.forgetBytes();
    else this.#fat.push(entry);
  }

  /** settle lets go of what the store has settled since. */
  settle(): void {
    if (!this.#fat.first) return;
    const revision = this.settled()?.revision ?? 0;
    while (this.#fat.first && this.#fat.first.revision <= revision) {
      this.#fat.shift()?.forgetBytes();
    }
  }

  /** onParsed notes an object; the oldest ones go when there are too many. */
  onParsed(entry: Entry): void {
    this.#parsed.push(entry);
    this.#parsedBytes += entry.sizeBytes;
    while (this.#parsedBytes > this.#limitBytes && this.#parsed.first !== entry) {
      const oldest = this.#parsed.shift();
      if (!oldest) return;
      this.#parsedBytes -= oldest.sizeBytes;
      oldest.forgetObject();
    }
  }
}
