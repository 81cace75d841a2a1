import { isJsonObject } from '../../machinery/json-value.ts';
import { ZEROS } from './go-structs.ts';
import type { ObjectSchema, Schema } from './schema.ts';

function isEmptyCollection(schema: Schema, value: unknown): boolean {
  if (schema.kind === 'array') return Array.isArray(value) && value.length === 0;
  return schema.kind === 'map' && isJsonObject(value) && Object.keys(value).length === 0;
}

/** fillStructs makes the required objects that are missing: in Go they are structs, always there. */
function fillStructs(schema: ObjectSchema, value: Record<string, unknown>): void {
  for (const name of schema.required) {
    const field = schema.fields.get(name)?.schema;
    if (field?.kind === 'object' && !field.free) value[name] ??= {};
  }
}

function pruneObject(schema: ObjectSchema, value: Record<string, unknown>): void {
  if (schema.free) return;
  fillStructs(schema, value);
  for (const [name, item] of Object.entries(value)) {
    const field = schema.fields.get(name);
    const optional = !schema.required.includes(name);
    if (field === undefined || item === null || item === undefined) delete value[name];
    else if (optional && isEmptyCollection(field.schema, item)) delete value[name];
    else pruneUnknown(field.schema, item);
  }
}

/** What null decodes to where there is no pointer: bytes are empty then. */
const ITEM_ZEROS: typeof ZEROS = { ...ZEROS, byte: '' };

function zeroOf(schema: Schema): unknown {
  if (schema.kind === 'scalar') return ITEM_ZEROS[schema.type];
  return schema.kind === 'array' ? [] : {};
}

function pruneMap(values: Schema, value: Record<string, unknown>): void {
  for (const [key, item] of Object.entries(value)) {
    if (item !== null) pruneUnknown(values, item);
    else if (values.kind === 'scalar') value[key] = zeroOf(values);
    else delete value[key];
  }
}

function pruneArray(items: Schema, value: unknown[]): void {
  for (const [index, item] of value.entries()) {
    if (item === null) value[index] = zeroOf(items);
    else pruneUnknown(items, item);
  }
}

/**
 * pruneUnknown takes out, in place, what decoding into Go types and encoding again would lose:
 * fields that the schema does not know, nulls, and empty lists and maps of optional fields; null
 * in a list is the zero value of its items, and required objects exist. It answers the same value.
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
