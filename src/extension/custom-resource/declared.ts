import { schemaOf, validateSchema } from '../../apis/schema/index.ts';
import { childPath, indexPath } from '../../machinery/field-path.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import {
  additionalSchema,
  allowsAdditional,
  type JsonSchema,
  propertyOf,
  typesOf,
} from '../schema/json-schema.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/**
 * undeclaredField answers why server-side apply cannot take a configuration: a field that is not
 * declared, or a value of another type (structured-merge-diff's typed conversion).
 */
export function undeclaredField(schema: JsonSchema, config: JsonObject): string | undefined {
  return inObject(schema, config, '', true);
}

function inValue(schema: JsonSchema, value: unknown, path: string): string | undefined {
  if (value === null || value === undefined) return undefined;
  const wrong = typeProblem(schema, value, path);
  if (wrong !== undefined) return wrong;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items) return undefined;
    return first(value.entries(), ([index, item]) => inValue(items, item, indexPath(path, index)));
  }
  if (!isJsonObject(value)) return undefined;
  return inObject(schema, value, path, schema['x-kubernetes-embedded-resource'] === true);
}

function inObject(
  schema: JsonSchema,
  object: JsonObject,
  path: string,
  isWhole: boolean,
): string | undefined {
  const additional = additionalSchema(schema);
  const isOpen = allowsAdditional(schema) || schema['x-kubernetes-preserve-unknown-fields'];
  return first(Object.entries(object), ([name, value]) => {
    const place = childPath(path, name);
    if (isWhole && name === 'metadata') return metaProblem(value, place);
    if (isWhole && (name === 'apiVersion' || name === 'kind')) return undefined;
    const property = propertyOf(schema, name) ?? additional;
    if (property) return inValue(property, value, place);
    return isOpen ? undefined : `.${place}: field not declared in schema`;
  });
}

function metaProblem(metadata: unknown, path: string): string | undefined {
  const { errors, unknownFields } = validateSchema(schemaOf(OBJECT_META), metadata, path);
  const [unknown] = unknownFields;
  if (unknown !== undefined) return `.${unknown}: field not declared in schema`;
  const [error] = errors;
  return error && `.${error.field}: ${error.body}`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  integer: 'numeric (int or float)',
  number: 'numeric (int or float)',
  string: 'string',
  boolean: 'boolean',
  array: 'list',
  object: 'map',
};

const GOT: Readonly<Record<string, string>> = { array: 'list', object: 'map' };

function typeOfValue(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function typeProblem(schema: JsonSchema, value: unknown, path: string): string | undefined {
  const [expected, ...others] = typesOf(schema);
  if (expected === undefined || others.length > 0) return undefined;
  const actual = typeOfValue(value);
  if (actual === expected || (actual === 'number' && expected === 'integer')) return undefined;
  return `.${path}: expected ${EXPECTED[expected] ?? expected}, got ${GOT[actual] ?? actual}`;
}

function first<T>(all: Iterable<T>, find: (one: T) => string | undefined): string | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
