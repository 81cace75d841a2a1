import type { FieldSchema, Schema } from '../../apis/schema/schema.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';

type Fields = Record<string, unknown>;

/** Versions are what was applied last, what is wanted now, and what the server has. */
interface Versions {
  readonly last: unknown;
  readonly wanted: unknown;
  readonly live: unknown;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keyOf(item: unknown, key: string): unknown {
  return isFields(item) ? item[key] : undefined;
}

function mergeLists(
  { last, wanted, live }: Versions,
  items: Schema | undefined,
  key: string,
): unknown[] {
  const lists = { last, wanted, live };
  const [before, now, there] = Object.values(lists).map((one) => (Array.isArray(one) ? one : []));
  const find = (list: unknown[] | undefined, id: unknown) =>
    list?.find((item) => keyOf(item, key) === id);
  const merged = (now ?? []).map((item) => {
    const id = keyOf(item, key);
    const versions = { last: find(before, id), wanted: item, live: find(there, id) };
    return versions.live === undefined ? item : merge(versions, items, undefined);
  });
  const kept = (there ?? []).filter((item) => {
    const id = keyOf(item, key);
    return find(now, id) === undefined && find(before, id) === undefined;
  });
  const order = new Map((there ?? []).map((item, index) => [keyOf(item, key), index]));
  const sameKeys = merged.every((item) => order.has(keyOf(item, key)));
  const all = [...merged, ...kept];
  if (!sameKeys) return all;
  return all.sort((a, b) => (order.get(keyOf(a, key)) ?? 0) - (order.get(keyOf(b, key)) ?? 0));
}

function mergeFields({ last, wanted, live }: Versions, schema: Schema | undefined): Fields {
  const before = isFields(last) ? last : {};
  const result: Fields = isFields(live) ? { ...live } : {};
  for (const key of Object.keys(before))
    if (isFields(wanted) && !(key in wanted)) delete result[key];
  for (const [key, value] of Object.entries(isFields(wanted) ? wanted : {})) {
    const field = schema?.kind === 'object' ? schema.fields.get(key) : undefined;
    const inner = field?.schema ?? (schema?.kind === 'map' ? schema.values : undefined);
    if (value === null) delete result[key];
    else result[key] = merge({ last: before[key], wanted: value, live: result[key] }, inner, field);
  }
  return result;
}

function merge(
  versions: Versions,
  schema: Schema | undefined,
  field: FieldSchema | undefined,
): unknown {
  const { wanted, live } = versions;
  if (isFields(wanted) && isFields(live)) {
    if (field?.mapType === 'atomic') return wanted;
    return mergeFields(versions, schema);
  }
  const key = field?.patchStrategies.includes('merge') ? field.patchMergeKey : undefined;
  if (Array.isArray(wanted) && Array.isArray(live)) {
    if (key !== undefined && schema?.kind === 'array')
      return mergeLists(versions, schema.items, key);
    return deepEqual(wanted, live) ? live : wanted;
  }
  return wanted;
}

/**
 * threeWayMerge answers the live object with what the user wants: fields that were applied before
 * and are gone now are removed, everything that others set stays. Lists with a merge key are merged
 * by element when the schema is known, other lists are replaced.
 */
export function threeWayMerge(versions: Versions, schema: Schema | undefined): unknown {
  return merge(versions, schema, undefined);
}
