import type { ListOptions, ListResult, StoredValue } from '../store.ts';
import { eventKey } from '../watch-hub.ts';
import { listAt } from './lmdb-list.ts';
import type { PendingChange } from './pending-log.ts';
import type { Tables } from './tables.ts';

/**
 * listWithPending reads a prefix at a revision that the tables have only with pending changes, the
 * last ones before it; none where the tables have it.
 */
export function listWithPending(
  tables: Tables,
  prefix: string,
  state: { readonly revision: number; readonly changes: readonly PendingChange[] },
  options: ListOptions,
): ListResult {
  const { revision, changes } = state;
  const base = revision - changes.length;
  const mine = changes.filter(({ event }) => eventKey(event).startsWith(prefix));
  if (mine.length === 0) return { ...listAt(tables, prefix, base, options), revision };
  const { after = '', limit = 0 } = options;
  // As many more as may have been deleted.
  const before = listAt(
    tables,
    prefix,
    base,
    limit > 0 ? { after, limit: limit + mine.length } : { after },
  );
  const items = changed(before, mine, after);
  const grown = mine.reduce((sum, change) => sum + growth(change, after), 0);
  const count = before.items.length + before.remainingCount + grown;
  const page = limit > 0 ? items.slice(0, limit) : items;
  const remainingCount = count - page.length;
  return { revision, items: page, more: remainingCount > 0, remainingCount };
}

/** growth is by how many keys after a key a change made the store larger. */
function growth({ event }: PendingChange, after: string): number {
  if (eventKey(event) <= after) return 0;
  if (event.type === 'delete') return -1;
  return event.previous ? 0 : 1;
}

/** changed answers a page with changes; what comes after the page's last key is left out. */
function changed(
  page: ListResult,
  changes: readonly PendingChange[],
  after: string,
): StoredValue[] {
  const last = page.more ? page.items.at(-1)?.key : undefined;
  const found = new Map<string, StoredValue>();
  for (const item of page.items) found.set(item.key, item);
  for (const { event } of changes) {
    const key = eventKey(event);
    if (key <= after || (last !== undefined && key > last)) continue;
    if (event.type === 'delete') found.delete(key);
    else found.set(key, event.current);
  }
  return [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}
