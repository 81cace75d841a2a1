import { additionalSchema, type JsonSchema } from './json-schema.ts';

/** childSchemas are the schemas directly inside a schema. */
function childSchemas(schema: JsonSchema): JsonSchema[] {
  const { items, allOf = [], anyOf = [], oneOf = [], not, properties = {} } = schema;
  const single = [items, not, additionalSchema(schema)].filter((one) => one !== undefined);
  return [...single, ...allOf, ...anyOf, ...oneOf, ...Object.values(properties)];
}

/** someSchema tells whether a test holds for a schema or any one inside it. */
export function someSchema(schema: JsonSchema, test: (schema: JsonSchema) => boolean): boolean {
  return test(schema) || childSchemas(schema).some((one) => someSchema(one, test));
}
