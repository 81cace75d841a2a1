import { isJsonObject } from '../../machinery/json-value.ts';
import { additionalSchema, type JsonSchema, propertyOf } from './json-schema.ts';

function isUnwantedNull(schema: JsonSchema | undefined, value: unknown): boolean {
  return value === null && schema !== undefined && !schema.nullable;
}

/** dropNulls takes out nulls where the schema allows none and has no default in their place. */
export function dropNulls(schema: JsonSchema | undefined, value: unknown): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    for (const item of value) dropNulls(schema.items, item);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [name, item] of Object.entries(value)) {
    const field = propertyOf(schema, name) ?? additionalSchema(schema);
    if (isUnwantedNull(field, item) && field?.default === undefined) delete value[name];
    else dropNulls(field, item);
  }
}

/**
 * fillDefaults fills in, in place, the defaults of a schema
 * (k8s.io/apiextensions-apiserver `pkg/apiserver/schema/defaulting`).
 */
export function fillDefaults(schema: JsonSchema | undefined, value: unknown): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (isUnwantedNull(schema.items, item)) value[index] = copyOf(schema.items?.default);
      fillDefaults(schema.items, value[index]);
    }
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (property.default === undefined) continue;
    if (!Object.hasOwn(value, name) || isUnwantedNull(property, value[name])) {
      value[name] = copyOf(property.default);
    }
  }
  const additional = additionalSchema(schema);
  for (const name of Object.keys(value)) {
    const property = propertyOf(schema, name);
    if (!property && isUnwantedNull(additional, value[name])) {
      value[name] = copyOf(additional?.default);
    }
    fillDefaults(property ?? additional, value[name]);
  }
}

function copyOf(value: unknown): unknown {
  return value === undefined ? null : structuredClone(value);
}
