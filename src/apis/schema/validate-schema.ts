import { type FieldError, typeInvalid } from '../../machinery/field-error.ts';
import { childPath, indexPath } from '../../machinery/field-path.ts';
import { isJsonObject, jsonTypeOf } from '../../machinery/json-value.ts';
import { goTypeNames } from './go-structs.ts';
import { goTypeOf, itemTypeOf, structNameOf } from './go-type.ts';
import { scalarProblem } from './scalar-values.ts';
import type { ObjectSchema, Schema } from './schema.ts';

/** SchemaReport is what the decoder found. */
export interface SchemaReport {
  /**
   * What cannot be decoded. `field` is the path, `body` the decoder's whole text, such as
   * `json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type
   * []v1.Container`: the API answers the first as `Pod in version "v1" cannot be handled as a
   * Pod: BODY` (400).
   */
  readonly errors: FieldError[];
  /** Paths of fields that the schema does not know, such as `spec.containers[0].imagePullPolcy`. */
  readonly unknownFields: string[];
}

interface Place {
  /** The path with indexes, for people. */
  readonly path: string;
  /** The path of field names only, and the struct that has the last of them, as Go's errors say. */
  readonly goPath: string;
  readonly struct: string;
  /** Go's name of the type, where the schema does not tell it. */
  readonly type: string | undefined;
}

function refuse(report: SchemaReport, place: Place, value: unknown, text: string): void {
  report.errors.push({ ...typeInvalid(place.path, value, ''), body: text });
}

function mismatch(schema: Schema, place: Place, met: string): string {
  const target =
    place.goPath === '' ? 'Go value' : `Go struct field ${place.struct}.${place.goPath}`;
  return `json: cannot unmarshal ${met} into ${target} of type ${place.type ?? goTypeOf(schema)}`;
}

function walk(schema: Schema, value: unknown, place: Place, report: SchemaReport): void {
  if (value === null || value === undefined) return;
  if (schema.kind === 'scalar') {
    const problem = scalarProblem(schema, value);
    if (problem !== undefined)
      refuse(
        report,
        place,
        value,
        'text' in problem ? problem.text : mismatch(schema, place, problem.met),
      );
    return;
  }
  if (schema.kind === 'object' && schema.free) return;
  const fits = schema.kind === 'array' ? Array.isArray(value) : isJsonObject(value);
  if (!fits) {
    refuse(report, place, value, mismatch(schema, place, jsonTypeOf(value)));
  } else if (schema.kind === 'array') {
    for (const [index, item] of (value as unknown[]).entries())
      walk(schema.items, item, itemPlace(place, indexPath(place.path, index)), report);
  } else if (schema.kind === 'map') {
    for (const [key, item] of Object.entries(value))
      walk(schema.values, item, itemPlace(place, childPath(place.path, key)), report);
  } else {
    walkFields(schema, value as Record<string, unknown>, place, report);
  }
}

function itemPlace(place: Place, path: string): Place {
  return { ...place, path, type: itemTypeOf(place.type) };
}

function walkFields(
  schema: ObjectSchema,
  value: Record<string, unknown>,
  place: Place,
  report: SchemaReport,
): void {
  const struct = structNameOf(schema.definition);
  const types = goTypeNames(schema.definition);
  for (const [name, item] of Object.entries(value)) {
    const field = schema.fields.get(name);
    const path = childPath(place.path, name);
    if (field === undefined) report.unknownFields.push(path);
    else {
      const goPath = childPath(place.goPath, name);
      walk(field.schema, item, { path, goPath, struct, type: types.get(name) }, report);
    }
  }
}

/** conforms tells whether walk would find nothing; it does without the places, as nearly all values fit. */
function conforms(schema: Schema, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (schema.kind === 'scalar') return scalarProblem(schema, value) === undefined;
  if (schema.kind === 'array') {
    return Array.isArray(value) && value.every((item) => conforms(schema.items, item));
  }
  if (schema.kind === 'object' && schema.free) return true;
  if (!isJsonObject(value)) return false;
  for (const name in value) {
    const inner = schema.kind === 'map' ? schema.values : schema.fields.get(name)?.schema;
    if (inner === undefined || !conforms(inner, value[name])) return false;
  }
  return true;
}

/**
 * validateSchema checks the structure of a value as Kubernetes' strict decoder does: types,
 * formats, unknown fields. Required fields are the business of validation, not of the decoder.
 * Null is an absent value everywhere. The value is not changed.
 */
export function validateSchema(schema: Schema, value: unknown, path = ''): SchemaReport {
  const report: SchemaReport = { errors: [], unknownFields: [] };
  if (!conforms(schema, value)) {
    walk(schema, value, { path, goPath: path, struct: '', type: undefined }, report);
  }
  return report;
}
