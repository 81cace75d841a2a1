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
  const found = new Map<string, StoredValue>();
  for (const item of listAt(tables, prefix, base, { after }).items) found.set(item.key, item);
  for (const { event } of mine) {
    if (event.type === 'delete') found.delete(event.key);
    else if (event.current.key > after) found.set(event.current.key, event.current);
  }
  const items = [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = limit > 0 ? items.slice(0, limit) : items;
  const remainingCount = items.length - page.length;
  return { revision, items: page, more: remainingCount > 0, remainingCount };
}
