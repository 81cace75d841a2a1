import type { ListOptions, ListResult, StoredValue } from '../store.ts';
import { inRange, type KeyRange } from './key-index.ts';
import type { PastChanges } from './past-states.ts';
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
  try {
    return read(tables, prefix, { ...options, revision });
  } catch (error) {
    throw tables.explained(error);
  }
}

function read(
  tables: Tables,
  prefix: string,
  { revision, ...options }: ListOptions & { readonly revision: number },
): ListResult {
  tables.hold();
  const changes = tables.past.since(prefix, revision);
  const range = { prefix, after: options.after };
  const limit = options.limit || Number.POSITIVE_INFINITY;
  const items =
    changes.size === 0
      ? newestPage(tables, range, limit)
      : pastPage(tables, range, { limit, changes });
  if (items.length < limit) return { revision, items, more: false, remainingCount: 0 };
  const remainingCount = countAt(tables, range, changes) - items.length;
  return { revision, items, more: remainingCount > 0, remainingCount };
}

function newestPage(tables: Tables, range: KeyRange, limit: number): StoredValue[] {
  const items: StoredValue[] = [];
  for (const { key, entry } of tables.index.range(range)) {
    items.push(tables.versions.lazyValue(key, entry));
    if (items.length >= limit) break;
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
      items.push(tables.versions.value(one.revision));
      next += 1;
    }
  };
  for (const { key, entry } of tables.index.range(range)) {
    addGone(key);
    if (items.length >= limit) break;
    const change = changes.get(key);
    if (!change) items.push(tables.versions.lazyValue(key, entry));
    else if (change.before !== 0) items.push(tables.versions.value(change.before));
  }
  addGone();
  return items;
}

/** goneIn answers what was there and is not any more, in key order. */
function goneIn(range: KeyRange, changes: PastChanges): { key: string; revision: number }[] {
  const gone: { key: string; revision: number }[] = [];
  for (const [key, { before, exists }] of changes) {
    if (!exists && before !== 0 && inRange(key, range)) gone.push({ key, revision: before });
  }
  return gone.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** countAt is how many keys there were in a range. */
function countAt(tables: Tables, range: KeyRange, changes: PastChanges): number {
  let count = tables.index.count(range);
  for (const [key, { before, exists }] of changes) {
    if (inRange(key, range)) count += Number(before !== 0) - Number(exists);
  }
  return count;
}
