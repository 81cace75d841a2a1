import { isJsonObject } from '../../machinery/json-value.ts';
import { goTypeOf } from './go-type.ts';
import { scalarProblem } from './scalar-values.ts';
import type { ScalarSchema, Schema } from './schema.ts';

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

function leafProblem(schema: ScalarSchema, value: unknown): string | undefined {
  const problem = scalarProblem(schema, value);
  if (problem === undefined) return undefined;
  const met = metType(value);
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'integer':
    case 'number': {
      const type = goTypeOf(schema);
      if (isConvertible(met, schema.type)) return `cannot convert ${met} to ${type}`;
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

function first(values: Iterable<readonly [Schema | undefined, unknown]>): string | undefined {
  for (const [schema, value] of values) {
    const problem = schema && conversionProblem(schema, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * conversionProblem words why a value that was read without a schema cannot be made an object of
 * one, as Kubernetes' converter does, which speaks of types and not of fields; undefined: it can.
 */
export function conversionProblem(schema: Schema, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (schema.kind === 'scalar') return leafProblem(schema, value);
  const met = metType(value);
  if (schema.kind === 'array') {
    if (!Array.isArray(value)) return `cannot restore slice from ${met}`;
    return first(value.map((item) => [schema.items, item]));
  }
  if (schema.kind === 'object' && schema.free) return undefined;
  if (!isJsonObject(value)) {
    return schema.kind === 'map'
      ? `cannot restore map from ${met}`
      : `cannot restore struct from: ${met}`;
  }
  const schemaOfKey = (key: string) =>
    schema.kind === 'map' ? schema.values : schema.fields.get(key)?.schema;
  return first(Object.entries(value).map(([key, item]) => [schemaOfKey(key), item]));
}
