import { duplicate, type FieldError, invalid } from '../../machinery/field-error.ts';
import { childPath, indexPath, keyPath } from '../../machinery/field-path.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import { additionalSchema, type JsonSchema, mapKeysOf, propertyOf } from './json-schema.ts';

/** listTypeErrors finds items that a list of type `set` or `map` has more than once. */
export function listTypeErrors(schema: JsonSchema, value: unknown, path = ''): FieldError[] {
  if (Array.isArray(value)) return inList(schema, value, path);
  if (!isJsonObject(value)) return [];
  const additional = additionalSchema(schema);
  return Object.entries(value).flatMap(([name, item]) => {
    if (additional) return listTypeErrors(additional, item, keyPath(path, name));
    const property = propertyOf(schema, name);
    return property ? listTypeErrors(property, item, childPath(path, name)) : [];
  });
}

function inList(schema: JsonSchema, list: readonly unknown[], path: string): FieldError[] {
  const { items } = schema;
  const below = items
    ? list.flatMap((item, index) => listTypeErrors(items, item, indexPath(path, index)))
    : [];
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return [
        ...repeated(list).map((index) => duplicate(indexPath(path, index), list[index])),
        ...below,
      ];
    case 'map':
      return [...inMapList(schema, list, path), ...below];
    default:
      return below;
  }
}

function inMapList(schema: JsonSchema, list: readonly unknown[], path: string): FieldError[] {
  const odd = list.findIndex((item) => item !== null && !isJsonObject(item));
  if (odd >= 0) {
    const text = 'must be an object for an array of list-type map';
    return [invalid(indexPath(path, odd), list[odd], text)];
  }
  const keys = list.map((item) => keyOf(schema, item));
  return repeated(keys).map((index) => duplicate(indexPath(path, index), keys[index]));
}

function keyOf(schema: JsonSchema, item: unknown): JsonObject {
  const key: JsonObject = {};
  if (!isJsonObject(item)) return key;
  for (const name of [...mapKeysOf(schema)].sort()) if (name in item) key[name] = item[name];
  return key;
}

/** repeated answers the index at which each repeated value is met for the second time. */
function repeated(values: readonly unknown[]): number[] {
  const seen = new Map<string, number>();
  const found: number[] = [];
  for (const [index, value] of values.entries()) {
    const text = stableText(value);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    if (times === 2) found.push(index);
  }
  return found;
}

function stableText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableText).join()}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const parts = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${stableText(value[key])}`);
  return `{${parts.join()}}`;
}
