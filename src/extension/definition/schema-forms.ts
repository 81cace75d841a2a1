import type { CustomResourceDefinition } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import { newBadRequest } from '../../machinery/status-error.ts';

/** Where a schema has one of two forms: a schema, or a boolean. */
const OR_BOOLEAN = ['additionalItems', 'additionalProperties'];
const LISTS = ['allOf', 'anyOf', 'oneOf'];
const MAPS = ['definitions', 'patternProperties', 'properties'];

/**
 * readSchemas brings the places of schemas that have one of two forms into one that they can have, in
 * place, as upstream's decoders of these do: what is neither a schema nor a list is no schema of
 * items. Throws 400 where a schema or a boolean is neither.
 */
export function readSchemas({ spec }: CustomResourceDefinition): void {
  for (const { schema } of spec.versions ?? []) readSchema(schema?.openAPIV3Schema);
}

function readSchema(schema: unknown): void {
  if (!isJsonObject(schema)) return;
  for (const name of OR_BOOLEAN) readOrBoolean(schema, name);
  const { items } = schema;
  if (typeof items !== 'object') delete schema.items;
  for (const one of [items].flat()) readSchema(one);
  readSchema(schema.not);
  for (const name of LISTS) for (const one of [schema[name] ?? []].flat()) readSchema(one);
  for (const name of MAPS) for (const one of Object.values(schema[name] ?? {})) readSchema(one);
}

function readOrBoolean(schema: JsonObject, name: string): void {
  const value = schema[name];
  if (value === undefined || typeof value === 'boolean') return;
  if (!isJsonObject(value)) {
    const kind = 'CustomResourceDefinition';
    const text = 'boolean or JSON schema expected';
    throw newBadRequest(`${kind} in version "v1" cannot be handled as a ${kind}: ${text}`);
  }
  readSchema(value);
}
