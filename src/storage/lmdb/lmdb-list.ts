import type { ListOptions, ListResult, StoredValue } from '../store.ts';
import type { PastChanges } from './past-states.ts';
import { decodeIndex } from './record.ts';
import type { Tables } from './tables.ts';

/**
 * listAt reads a prefix as of a revision that is neither compacted nor in the future. It is one
 * synchronous read of one snapshot: writes neither wait for it nor show in it.
 */
export function listAt(
  tables: Tables,
  prefix: string,
  revision: number,
  options: ListOptions,
): ListResult {
  tables.hold();
  const changes = tables.past.since(prefix, revision);
  const range = rangeOf(prefix, options.after);
  const limit = options.limit || Number.POSITIVE_INFINITY;
  const items =
    changes.size === 0
      ? newestPage(tables, range, limit)
      : pastPage(tables, range, { limit, changes });
  if (items.length < limit) return { revision, items, more: false, remainingCount: 0 };
  const remainingCount = countAt(tables, range, changes) - items.length;
  return { revision, items, more: remainingCount > 0, remainingCount };
}

interface KeyRange {
  readonly start: string;
  readonly exclusiveStart: boolean;
  readonly end?: string;
}

function rangeOf(prefix: string, after: string | undefined): KeyRange {
  const exclusiveStart = after !== undefined && after >= prefix;
  const start = exclusiveStart ? after : prefix;
  if (prefix === '') return { start, exclusiveStart };
  const last = prefix.charCodeAt(prefix.length - 1);
  const end = prefix.slice(0, -1) + String.fromCharCode(last + 1);
  return { start, exclusiveStart, end };
}

/** follows tells of a key of the prefix whether it is in a range of it. */
function follows(key: string, { start, exclusiveStart }: KeyRange): boolean {
  return !exclusiveStart || key > start;
}

function newestPage(tables: Tables, range: KeyRange, limit: number): StoredValue[] {
  const items: StoredValue[] = [];
  const wanted = Number.isFinite(limit) ? { ...range, limit } : range;
  for (const { key, value } of tables.index.getRange(wanted)) {
    items.push(tables.lazyValue(key, decodeIndex(value)));
  }
  return items;
}

/** pastPage goes through what exists now, and puts in between what has been deleted since. */
function pastPage(
  tables: Tables,
  range: KeyRange,
  { limit, changes }: { readonly limit: number; readonly changes: PastChanges },
): StoredValue[] {
  const gone = goneIn(range, changes);
  const items: StoredValue[] = [];
  let next = 0;
  const addGone = (before?: string) => {
    for (let one = gone[next]; one && items.length < limit; one = gone[next]) {
      if (before !== undefined && one.key > before) return;
      items.push(tables.value(one.revision));
      next += 1;
    }
  };
  for (const { key, value } of tables.index.getRange(range)) {
    addGone(key);
    if (items.length >= limit) break;
    const change = changes.get(key);
    if (!change) items.push(tables.lazyValue(key, decodeIndex(value)));
    else if (change.before !== 0) items.push(tables.value(change.before));
  }
  addGone();
  return items;
}

/** goneIn answers what was there and is not any more, in key order. */
function goneIn(range: KeyRange, changes: PastChanges): { key: string; revision: number }[] {
  const gone: { key: string; revision: number }[] = [];
  for (const [key, { before, exists }] of changes) {
    if (!exists && before !== 0 && follows(key, range)) gone.push({ key, revision: before });
  }
  return gone.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** countAt is how many keys there were in a range. */
function countAt(tables: Tables, range: KeyRange, changes: PastChanges): number {
  let count = tables.index.getKeysCount(range);
  for (const [key, { before, exists }] of changes) {
    if (follows(key, range)) count += Number(before !== 0) - Number(exists);
  }
  return count;
}
