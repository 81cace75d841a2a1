import { childPath, indexPath } from '../../machinery/field-path.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import {
  additionalSchema,
  allowsAdditional,
  asEmbedded,
  type JsonSchema,
  META_FIELDS,
  propertyOf,
} from './json-schema.ts';

/**
 * pruneObject takes out of an object, in place, what its schema does not declare, and answers the
 * paths of that, sorted. Names and metadata are left alone (k8s.io/apiextensions-apiserver
 * `pkg/apiserver/schema/pruning`).
 */
export function pruneObject(schema: JsonSchema, object: JsonObject): string[] {
  const unknown: string[] = [];
  prune(asEmbedded(schema), object, '', unknown);
  return unknown.sort();
}

/** pruneValue does the same for a value that is not an object of its own. */
export function pruneValue(schema: JsonSchema, value: unknown): string[] {
  const unknown: string[] = [];
  prune(schema, value, '', unknown);
  return unknown.sort();
}

function prune(
  schema: JsonSchema | undefined,
  value: unknown,
  path: string,
  unknown: string[],
): void {
  if (schema?.['x-kubernetes-preserve-unknown-fields']) {
    preserve(schema, value, path, unknown);
    return;
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      prune(schema?.items, item, indexPath(path, index), unknown);
    }
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [name, item] of Object.entries(value)) {
    if (schema?.['x-kubernetes-embedded-resource'] && META_FIELDS.has(name)) continue;
    const property = schema && propertyOf(schema, name);
    if (property) prune(property, item, childPath(path, name), unknown);
    else if (schema && allowsAdditional(schema)) {
      prune(additionalSchema(schema), item, childPath(path, name), unknown);
    } else {
      unknown.push(childPath(path, name));
      delete value[name];
    }
  }
}

/** preserve keeps what is not declared, and goes on with what is. */
function preserve(schema: JsonSchema, value: unknown, path: string, unknown: string[]): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (schema.items) preserve(schema.items, item, indexPath(path, index), unknown);
    }
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [name, item] of Object.entries(value)) {
    if (schema['x-kubernetes-embedded-resource'] && META_FIELDS.has(name)) continue;
    const property = propertyOf(schema, name);
    if (property) prune(property, item, childPath(path, name), unknown);
    else if (allowsAdditional(schema)) {
      prune(additionalSchema(schema), item, childPath(path, name), unknown);
    }
  }
}
