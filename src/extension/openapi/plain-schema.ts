import { additionalSchema, type JsonSchema } from '../schema/json-schema.ts';

type Json = Record<string, unknown>;

/** What OpenAPI v2 cannot say of a value, or clients of it take for something else. */
const DROPPED: ReadonlySet<string> = new Set([
  'additionalProperties',
  'allOf',
  'anyOf',
  'default',
  'items',
  'not',
  'nullable',
  'oneOf',
  'properties',
]);

/**
 * plainSchema is a schema as OpenAPI v2 can have it: where that could refuse what the schema
 * allows, nothing is said (k8s.io/apiextensions-apiserver `pkg/controller/openapi/v2`).
 */
export function plainSchema(schema: JsonSchema): Json {
  const plain: Json = {};
  for (const [name, value] of Object.entries(schema)) {
    if (!DROPPED.has(name)) plain[name] = value;
  }
  if (schema['x-kubernetes-int-or-string']) {
    delete plain.type;
    return plain;
  }
  if (schema.nullable) {
    delete plain.type;
    return plain;
  }
  if (schema['x-kubernetes-preserve-unknown-fields']) {
    // Clients would drop what an object is not said to have.
    if (schema.type === 'object' || schema.type === 'array') delete plain.type;
    return plain;
  }
  const { items, properties, additionalProperties } = schema;
  if (items) plain.items = plainSchema(items);
  if (properties) {
    plain.properties = Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, plainSchema(one)]),
    );
  }
  const additional = additionalSchema(schema);
  if (additional) plain.additionalProperties = plainSchema(additional);
  else if (additionalProperties !== undefined) plain.additionalProperties = additionalProperties;
  return plain;
}
