import { isJsonObject } from '../../machinery/json-value.ts';
import { canonicalScalar } from './scalar-values.ts';
import type { ObjectSchema, Schema } from './schema.ts';

function inObject(schema: ObjectSchema, value: Record<string, unknown>): void {
  for (const [name, field] of schema.fields) {
    const item = value[name];
    if (item !== undefined && item !== null) value[name] = applySchemaDefaults(field.schema, item);
    else if (field.default !== undefined) value[name] = structuredClone(field.default);
  }
}

/**
 * applySchemaDefaults fills in, in place, the defaults that the catalogue states, and brings
 * quantities and times into the form in which the API gives them back (`0.5` is `500m`). It
 * answers the value. Defaults that depend on other fields are the strategies' business.
 */
export function applySchemaDefaults<T>(schema: Schema, value: T): T {
  if (schema.kind === 'scalar') return canonicalScalar(schema, value) as T;
  if (schema.kind === 'array' && Array.isArray(value)) {
    for (const [index, item] of value.entries())
      value[index] = applySchemaDefaults(schema.items, item);
  } else if (schema.kind === 'map' && isJsonObject(value)) {
    for (const [key, item] of Object.entries(value))
      (value as Record<string, unknown>)[key] = applySchemaDefaults(schema.values, item);
  } else if (schema.kind === 'object' && isJsonObject(value)) {
    inObject(schema, value);
  }
  return value;
}
