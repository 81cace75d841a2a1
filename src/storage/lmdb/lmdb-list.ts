import type { ListOptions, ListResult, StoredValue } from '../store.ts';
import { decodeIndex, decodeRecord } from './record.ts';
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
  const limit = options.limit || Number.POSITIVE_INFINITY;
  tables.hold();
  const undone = undoAfter(tables, prefix, revision);
  const { items, remainingCount } =
    undone.size === 0
      ? newestPage(tables, prefix, limit, options.after)
      : olderPage(tables, prefix, limit, { after: options.after, undone });
  return { revision, items, more: remainingCount > 0, remainingCount };
}

interface Page {
  readonly items: StoredValue[];
  readonly remainingCount: number;
}

/** undoAfter answers the revision that each key changed since had at `revision`; 0: none. */
function undoAfter(tables: Tables, prefix: string, revision: number): Map<string, number> {
  const undone = new Map<string, number>();
  for (const { value } of tables.log.getRange({ start: revision + 1 })) {
    const { key, previousRevision } = decodeRecord(value);
    if (key.startsWith(prefix) && !undone.has(key)) undone.set(key, previousRevision);
  }
  return undone;
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

function newestPage(
  tables: Tables,
  prefix: string,
  limit: number,
  after: string | undefined,
): Page {
  const range = rangeOf(prefix, after);
  const items: StoredValue[] = [];
  const wanted = Number.isFinite(limit) ? { ...range, limit } : range;
  for (const { key, value } of tables.index.getRange(wanted)) {
    items.push(tables.lazyValue(key, decodeIndex(value)));
  }
  if (items.length < limit) return { items, remainingCount: 0 };
  return { items, remainingCount: tables.index.getKeysCount(range) - items.length };
}

function olderPage(
  tables: Tables,
  prefix: string,
  limit: number,
  { after, undone }: { after: string | undefined; undone: ReadonlyMap<string, number> },
): Page {
  const found: [string, number][] = [];
  for (const { key, value } of tables.index.getRange(rangeOf(prefix, after))) {
    if (!undone.has(key)) found.push([key, decodeIndex(value).modRevision]);
  }
  for (const [key, revision] of undone) {
    if (revision !== 0 && (after === undefined || key > after)) found.push([key, revision]);
  }
  found.sort(([a], [b]) => (a < b ? -1 : 1));
  const items = found.slice(0, limit).map(([, revision]) => tables.value(revision));
  return { items, remainingCount: found.length - items.length };
}
