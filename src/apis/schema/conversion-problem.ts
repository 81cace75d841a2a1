import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import { goFieldsOf, goTypeNames } from './go-structs.ts';
import { goTypeOf, itemTypeOf } from './go-type.ts';
import { scalarProblem } from './scalar-values.ts';
import type { ObjectSchema, ScalarSchema, Schema } from './schema.ts';

/** metType names the Go type of a value that was read without a schema. */
function metType(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map';
}

/** Go converts whole numbers to texts and numbers to each other, but its converter does not. */
function isConvertible(met: string, type: ScalarSchema['type']): boolean {
  if (met === 'int64') return type === 'string' || type === 'integer' || type === 'number';
  return met === 'float64' && (type === 'integer' || type === 'number');
}

function leafProblem(schema: ScalarSchema, value: unknown, name?: string): string | undefined {
  const problem = scalarProblem(schema, value);
  if (problem === undefined) return undefined;
  const met = metType(value);
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'integer':
    case 'number': {
      const type = goTypeOf(schema);
      if (isConvertible(met, schema.type)) return `cannot convert ${met} to ${name ?? type}`;
      return `unrecognized type: ${type}`;
    }
    case 'byte':
      return 'text' in problem
        ? `error decoding from json: ${problem.text}`
        : `cannot restore slice from ${met}`;
    default:
      if ('text' in problem) return problem.text;
      return `json: cannot unmarshal ${problem.met} into Go value of type ${goTypeOf(schema)}`;
  }
}

function firstOf<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = find(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Fields are looked at in Go's order, as far as it is known. */
function structProblem(schema: ObjectSchema, value: JsonObject): string | undefined {
  const names = goTypeNames(schema.definition);
  const ordered = goFieldsOf(schema.definition)?.map(({ name }) => name) ?? Object.keys(value);
  return firstOf(ordered, (name) => {
    const field = Object.hasOwn(value, name) ? schema.fields.get(name) : undefined;
    return field && conversionProblem(field.schema, value[name], names.get(name));
  });
}

/**
 * conversionProblem words why a value that was read without a schema cannot be made an object of
 * one, as Kubernetes' converter does, which speaks of types and not of fields; undefined: it can.
 * `name` is Go's name of the type, where the schema does not tell it.
 */
export function conversionProblem(
  schema: Schema,
  value: unknown,
  name?: string,
): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (schema.kind === 'scalar') return leafProblem(schema, value, name);
  const met = metType(value);
  if (schema.kind === 'array') {
    if (!Array.isArray(value)) return `cannot restore slice from ${met}`;
    return firstOf(value, (item) => conversionProblem(schema.items, item, itemTypeOf(name)));
  }
  if (schema.kind === 'object' && schema.free) return undefined;
  if (!isJsonObject(value)) {
    return schema.kind === 'map'
      ? `cannot restore map from ${met}`
      : `cannot restore struct from: ${met}`;
  }
  if (schema.kind === 'object') return structProblem(schema, value);
  const type = itemTypeOf(name);
  return firstOf(Object.values(value), (item) => conversionProblem(schema.values, item, type));
}
