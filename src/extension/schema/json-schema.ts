import type { JSONSchemaProps, ValidationRule } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import { isJsonObject } from '../../machinery/json-value.ts';

type Composed =
  | 'additionalProperties'
  | 'allOf'
  | 'anyOf'
  | 'items'
  | 'not'
  | 'oneOf'
  | 'properties'
  | 'x-kubernetes-validations';

/**
 * JsonSchema is a schema of a CustomResourceDefinition that has been found to be structural: its
 * lists have one schema of items, and what holds schemas says so in its type.
 */
export interface JsonSchema extends Omit<JSONSchemaProps, Composed> {
  additionalProperties?: JsonSchema | boolean;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  not?: JsonSchema;
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  'x-kubernetes-validations'?: ValidationRule[];
}

/** META_FIELDS are the fields of every object, which schemas of embedded objects leave to the API. */
export const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** propertyOf answers the schema of a declared property. */
export function propertyOf(schema: JsonSchema, name: string): JsonSchema | undefined {
  const { properties } = schema;
  return properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** additionalSchema is the schema of undeclared properties, where there is one. */
export function additionalSchema(schema: JsonSchema): JsonSchema | undefined {
  const { additionalProperties } = schema;
  return isJsonObject(additionalProperties) ? (additionalProperties as JsonSchema) : undefined;
}

/** allowsAdditional: the schema is that of a map, whose values may have any form or a given one. */
export function allowsAdditional(schema: JsonSchema): boolean {
  const { additionalProperties } = schema;
  return additionalProperties !== undefined && additionalProperties !== false;
}

/** asEmbedded is a schema read as that of a whole object with names and metadata. */
export function asEmbedded(schema: JsonSchema): JsonSchema {
  if (schema['x-kubernetes-embedded-resource']) return schema;
  return { ...schema, 'x-kubernetes-embedded-resource': true };
}

/** isMapList tells whether the items of a list are known by their keys. */
export function isMapList(schema: JsonSchema): boolean {
  return schema['x-kubernetes-list-type'] === 'map';
}

/** mapKeysOf are the fields that tell the items of a list apart. */
export function mapKeysOf(schema: JsonSchema): readonly string[] {
  return schema['x-kubernetes-list-map-keys'] ?? [];
}

/** typesOf are the JSON types that a schema allows; none allows all. */
export function typesOf(schema: JsonSchema): readonly string[] {
  if (schema['x-kubernetes-int-or-string']) return ['integer', 'string'];
  return schema.type ? [schema.type] : [];
}
