import { deepEqual } from '../../machinery/deep-equal.ts';
import { isJsonObject } from '../../machinery/json-value.ts';
import { isMapList, type JsonSchema, mapKeysOf } from './json-schema.ts';

/**
 * Correlated is the former state of a value, where it can be told which one that is: the same
 * field, or the item of a list with the same keys. What did not change is not held against an
 * update, even where the schema would refuse it by now (ratcheting).
 */
export interface Correlated {
  readonly old: unknown;
}

/** correlatedField answers the former state of a field. */
export function correlatedField(
  schema: JsonSchema,
  before: Correlated | undefined,
  name: string,
): Correlated | undefined {
  if (!before || schema['x-kubernetes-map-type'] === 'atomic') return undefined;
  const { old } = before;
  return isJsonObject(old) && Object.hasOwn(old, name) ? { old: old[name] } : undefined;
}

/** correlatedItem answers the former state of an item of a list. */
export function correlatedItem(
  schema: JsonSchema,
  before: Correlated | undefined,
  item: unknown,
): Correlated | undefined {
  if (!before || !isMapList(schema) || !isJsonObject(item)) return undefined;
  const { old } = before;
  if (!Array.isArray(old)) return undefined;
  const keys = mapKeysOf(schema);
  const keyOf = (one: Record<string, unknown>, key: string) =>
    one[key] ?? schema.items?.properties?.[key]?.default;
  const found: unknown = old.find(
    (one: unknown) =>
      isJsonObject(one) && keys.every((key) => deepEqual(keyOf(one, key), keyOf(item, key))),
  );
  return found === undefined ? undefined : { old: found };
}
