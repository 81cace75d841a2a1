import { isJsonObject } from '../../machinery/json-value.ts';
import { type GoField, goFieldsOf, isStruct, ZEROS, zeroOf } from './go-structs.ts';
import type { FieldSchema, ObjectSchema, Schema } from './schema.ts';

/** FieldRule is what decoding does with one field. */
interface FieldRule {
  readonly schema: Schema;
  /** The empty value is the same as none: Go has no pointer there, and leaves it out. */
  readonly dropsEmpty: boolean;
}

interface StructRules {
  readonly fields: ReadonlyMap<string, FieldRule>;
  /** What is there although nobody sent it, by name. */
  readonly fills: readonly { readonly name: string; readonly zero: unknown; schema: Schema }[];
}

const rules = new WeakMap<ObjectSchema, StructRules>();

function rulesOf(schema: ObjectSchema): StructRules {
  let known = rules.get(schema);
  if (!known) {
    known = makeRules(schema);
    rules.set(schema, known);
  }
  return known;
}

function makeRules(schema: ObjectSchema): StructRules {
  const facts = new Map(goFieldsOf(schema.definition)?.map((field) => [field.name, field]));
  const fields = new Map<string, FieldRule>();
  const fills: { name: string; zero: unknown; schema: Schema }[] = [];
  for (const [name, field] of schema.fields) {
    const fact = facts.get(name) ?? guessedFact(schema, name);
    const dropsEmpty = !fact.pointer && (fact.omitEmpty || field.default !== undefined);
    fields.set(name, { schema: field.schema, dropsEmpty: dropsEmpty && !isStruct(field.schema) });
    const zero = fillOf(schema, fact, field);
    if (zero !== undefined) fills.push({ name, zero, schema: field.schema });
  }
  return { fields, fills };
}

/** guessedFact stands in where nothing is known of the Go struct: what is required is always there. */
function guessedFact({ required }: ObjectSchema, name: string): GoField {
  const omitEmpty = !required.includes(name);
  const facts = { number: 0, pointer: omitEmpty, wrapped: false };
  return { ...facts, name, omitEmpty, omitZero: false, inline: undefined, type: undefined };
}

/** fillOf answers undefined for what stays absent: pointers, lists, maps, and what has a default. */
function fillOf(struct: ObjectSchema, fact: GoField, field: FieldSchema): unknown {
  const { schema } = field;
  if (fact.pointer || field.default !== undefined) return undefined;
  if (schema.kind === 'scalar') return zeroOf(fact, schema) ?? undefined;
  const isStruct = schema.kind === 'object' && !schema.free;
  return isStruct && struct.required.includes(fact.name) ? {} : undefined;
}

/** isEmpty tells whether a value is what Go leaves out. */
function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return value === '' || value === 0 || value === false;
  }
  if (Array.isArray(value)) return value.length === 0;
  for (const _key in value) return false;
  return true;
}

function pruneObject(schema: ObjectSchema, value: Record<string, unknown>): void {
  if (schema.free) return;
  const { fields, fills } = rulesOf(schema);
  for (const name in value) {
    const field = fields.get(name);
    const item = value[name];
    if (field === undefined || item === null || item === undefined) delete value[name];
    else if (field.dropsEmpty && isEmpty(item)) delete value[name];
    else pruneUnknown(field.schema, item);
  }
  for (const { name, zero, schema: type } of fills) {
    if (value[name] !== undefined) continue;
    value[name] = type.kind === 'object' ? pruneUnknown(type, {}) : zero;
  }
}

/** What null decodes to where there is no pointer: bytes are empty then. */
const ITEM_ZEROS: typeof ZEROS = { ...ZEROS, byte: '' };

function itemZero(schema: Schema): unknown {
  if (schema.kind === 'scalar') return ITEM_ZEROS[schema.type];
  return schema.kind === 'array' ? [] : pruneUnknown(schema, {});
}

/** isPlainStruct: what may be anything keeps its null no more than a list does. */
function isPlainStruct(schema: Schema): boolean {
  return schema.kind === 'object' && !schema.free;
}

function pruneMap(values: Schema, value: Record<string, unknown>): void {
  for (const key in value) {
    const item = value[key];
    if (item !== null) pruneUnknown(values, item);
    else if (values.kind === 'scalar' || isPlainStruct(values)) value[key] = itemZero(values);
    else delete value[key];
  }
}

function pruneArray(items: Schema, value: unknown[]): void {
  for (const [index, item] of value.entries()) {
    if (item === null) value[index] = itemZero(items);
    else pruneUnknown(items, item);
  }
}

/**
 * pruneUnknown brings a value, in place, into what decoding into Go types would make of it: fields
 * that the schema does not know go, and so do nulls, and empty values that Go does not tell from
 * none; a field that is neither a pointer nor left out is there with its zero value (`name: ''`), and so is
 * a struct that is required, null in a list is the zero value of its items. It answers the same value.
 */
export function pruneUnknown<T>(schema: Schema, value: T): T {
  if (schema.kind === 'array' && Array.isArray(value)) {
    pruneArray(schema.items, value);
  } else if (schema.kind === 'map' && isJsonObject(value)) {
    pruneMap(schema.values, value);
  } else if (schema.kind === 'object' && isJsonObject(value)) {
    pruneObject(schema, value);
  }
  return value;
}
