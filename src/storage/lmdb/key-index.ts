import { createHash } from 'node:crypto';
import type { Database, RangeOptions } from 'lmdb';
import { decodeIndex, encodeIndex, type IndexEntry } from './record.ts';

/**
 * HEAD is how many characters of a key the table can have: LMDB's keys end at 1978 bytes, those of
 * UTF-16 are up to three in UTF-8, and a digest may follow.
 */
const HEAD = 600;
/** ENTRY_BYTES is the size of an entry; behind it stands the key, where that is longer than HEAD. */
const ENTRY_BYTES = 12;

/** KeyRange are the keys with a prefix that come after a key, where `after` is one of them. */
export interface KeyRange {
  readonly prefix: string;
  readonly after?: string | undefined;
}

/** KeyEntry is a key that exists. */
export interface KeyEntry {
  readonly key: string;
  readonly entry: IndexEntry;
}

/** inRange tells of a key with the prefix of a range whether it is in the range. */
export function inRange(key: string, { after }: KeyRange): boolean {
  return after === undefined || key > after;
}

/** sizeInIndex is how many bytes of a key are written beside its entry. */
export function sizeInIndex(key: string): number {
  return key.length > HEAD ? Buffer.byteLength(key) : 0;
}

/**
 * KeyIndex is the table of the keys that exist, in their order. Names of objects may have any length,
 * keys of LMDB may not: of a long key the table has the head and a digest, and the key beside its
 * entry. Those with the same head stand next to each other, and are put into order when they are read.
 *
 * Who reads ranges holds a slot of readers before; `reading` does so for the reads of one key.
 */
export class KeyIndex {
  readonly #table: Database<Buffer, string>;
  readonly #reading: <T>(read: () => T) => T;

  constructor(table: Database<Buffer, string>, reading: <T>(read: () => T) => T) {
    this.#table = table;
    this.#reading = reading;
  }

  get(key: string): IndexEntry | undefined {
    const name = nameOf(key);
    const bytes = this.#reading(() => this.#table.get(name));
    return bytes && decodeIndex(bytes);
  }

  /** put belongs into a transaction, as remove does. */
  put(key: string, entry: IndexEntry): Promise<boolean> {
    const bytes = encodeIndex(entry);
    const value = key.length > HEAD ? Buffer.concat([bytes, Buffer.from(key)]) : bytes;
    return this.#table.put(nameOf(key), value);
  }

  remove(key: string): Promise<boolean> {
    return this.#table.remove(nameOf(key));
  }

  /** range reads keys in ascending order. */
  *range(range: KeyRange): Iterable<KeyEntry> {
    const { start, end } = boundsOf(range);
    const whole = start.length > HEAD || range.prefix.length > HEAD;
    const rows = this.#rows(whole ? optionsOf(headOf(start), false, end) : this.#plain(range));
    for (const row of rows) {
      if (!whole || (row.key.startsWith(range.prefix) && inRange(row.key, range))) yield row;
    }
  }

  /** count is how many keys a range has. */
  count(range: KeyRange): number {
    const { start, end } = boundsOf(range);
    if (start.length <= HEAD) return this.#table.getKeysCount(this.#plain(range));
    const head = headOf(start);
    let count = 0;
    for (const { key } of this.#rows(optionsOf(head, false, following(head)))) {
      if (key.startsWith(range.prefix) && inRange(key, range)) count += 1;
    }
    if (range.prefix.length > HEAD) return count;
    return count + this.#table.getKeysCount(optionsOf(following(head), false, end));
  }

  #plain(range: KeyRange): RangeOptions {
    const { start, end } = boundsOf(range);
    return optionsOf(start, start === range.after, end);
  }

  /** rows reads a part of the table. Long keys are held back until all that follow each other are there. */
  *#rows(options: RangeOptions): Iterable<KeyEntry> {
    let long: KeyEntry[] = [];
    for (const { key: name, value } of this.#table.getRange(options)) {
      const entry = decodeIndex(value);
      if (value.length > ENTRY_BYTES) {
        long.push({ key: value.toString('utf8', ENTRY_BYTES), entry });
        continue;
      }
      if (long.length > 0) {
        yield* sorted(long);
        long = [];
      }
      yield { key: name, entry };
    }
    yield* sorted(long);
  }
}

function sorted(entries: readonly KeyEntry[]): KeyEntry[] {
  return [...entries].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** nameOf is what the table calls a key. No short key is as long as the name of a long one. */
function nameOf(key: string): string {
  if (key.length <= HEAD) return key;
  return headOf(key) + createHash('sha256').update(key).digest('hex');
}

function headOf(key: string): string {
  return key.slice(0, HEAD);
}

function boundsOf({ prefix, after }: KeyRange): { start: string; end: string | undefined } {
  const start = after !== undefined && after >= prefix ? after : prefix;
  return { start, end: prefix === '' ? undefined : following(headOf(prefix)) };
}

/** following is the first key after all that begin with a text. */
function following(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return text.slice(0, -1) + String.fromCharCode(last + 1);
}

function optionsOf(start: string, exclusiveStart: boolean, end: string | undefined): RangeOptions {
  return { start, exclusiveStart, ...(end !== undefined && { end }) };
}
