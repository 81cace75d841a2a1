import { deepEqual } from '../../machinery/deep-equal.ts';
import { isJsonObject } from '../../machinery/json-value.ts';
import { type GoField, goFieldsOf, isStruct, zeroOf } from './go-structs.ts';
import type { ObjectSchema, Schema } from './schema.ts';

/** How a field is compared: where there is a pointer, nothing is not the same as empty. */
interface FieldRule {
  readonly name: string;
  readonly schema: Schema;
  readonly pointer: boolean;
  /** What an absent value stands for. */
  readonly zero: unknown;
}

const rules = new WeakMap<ObjectSchema, readonly FieldRule[]>();

function rulesOf(schema: ObjectSchema): readonly FieldRule[] {
  let known = rules.get(schema);
  if (!known) {
    const facts = new Map(goFieldsOf(schema.definition)?.map((field) => [field.name, field]));
    known = [...schema.fields].map(([name, field]) => ruleOf(name, field.schema, facts.get(name)));
    rules.set(schema, known);
  }
  return known;
}

function ruleOf(name: string, schema: Schema, fact: GoField | undefined): FieldRule {
  const zero = fact && zeroOf({ ...fact, omitEmpty: isStruct(schema), pointer: false }, schema);
  return { name, schema, pointer: fact?.pointer ?? false, zero: zero ?? undefined };
}

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/**
 * goEqual compares two values as Go compares what they decode to: an absent field is the same as its
 * zero value, an absent list or map the same as an empty one, but a pointer to an empty struct is
 * not the same as none (equality.Semantic.DeepEqual).
 */
export function goEqual(schema: Schema, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  switch (schema.kind) {
    case 'array':
      return listsEqual(schema.items, a ?? [], b ?? []);
    case 'map':
      return mapsEqual(schema.values, a ?? {}, b ?? {});
    case 'object':
      if (!schema.free) return structsEqual(schema, a ?? {}, b ?? {});
      return deepEqual(a ?? undefined, b ?? undefined);
    default:
      return deepEqual(a ?? undefined, b ?? undefined);
  }
}

function listsEqual(items: Schema, a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return deepEqual(a, b);
  return a.length === b.length && a.every((one, index) => goEqual(items, one, b[index]));
}

function mapsEqual(values: Schema, a: unknown, b: unknown): boolean {
  if (!isJsonObject(a) || !isJsonObject(b)) return deepEqual(a, b);
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && goEqual(values, a[key], b[key]));
}

function structsEqual(schema: ObjectSchema, a: unknown, b: unknown): boolean {
  if (!isJsonObject(a) || !isJsonObject(b)) return deepEqual(a, b);
  return rulesOf(schema).every(({ name, schema: type, pointer, zero }) => {
    const [before, after] = [a[name], b[name]];
    if (before === after) return true;
    if (pointer && isNothing(before) !== isNothing(after)) return false;
    return goEqual(type, before ?? zero, after ?? zero);
  });
}
