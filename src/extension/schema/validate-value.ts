import { deepEqual } from '../../machinery/deep-equal.ts';
import {
  type FieldError,
  invalid,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from '../../machinery/field-error.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import { combinationFindings } from './combinations.ts';
import { type Correlated, correlatedField, correlatedItem } from './correlated.ts';
import { Findings } from './findings.ts';
import { isFormat, isKnownFormat } from './formats.ts';
import { additionalSchema, type JsonSchema, propertyOf, typesOf } from './json-schema.ts';
import { numberErrors } from './number-rules.ts';
import { matchesPattern } from './pattern.ts';

/** Value is a value with its place; `before` is its former state in an update. */
export interface Value {
  readonly value: unknown;
  /** The path with dots only, as upstream's texts have it. */
  readonly path: string;
  readonly before: Correlated | undefined;
}

/**
 * validateValue checks a value against the validations of a schema, in the words of kube-openapi.
 * With `before`, findings about what an update leaves as it was are dropped.
 */
export function validateValue(
  schema: JsonSchema,
  value: unknown,
  options: { readonly path?: string; readonly before?: Correlated | undefined } = {},
): readonly FieldError[] {
  const { path = '', before } = options;
  return checkValue(schema, { value, path, before }).errors;
}

/** checkValue does the work of validateValue for one node of a schema. */
function checkValue(schema: JsonSchema, at: Value): Findings {
  const findings = check(schema, at);
  const isUnchanged = !findings.valid && at.before && deepEqual(at.before.old, at.value);
  if (!isUnchanged) return findings;
  const none = new Findings();
  none.matches = findings.matches;
  return none;
}

function check(schema: JsonSchema, at: Value): Findings {
  const findings = new Findings();
  const { value } = at;
  checkType(schema, at, findings);
  if (value === null || value === undefined) {
    checkEnum(schema, at, findings);
    return findings;
  }
  const candidate = { path: at.path, check: (one: JsonSchema) => checkValue(one, at) };
  findings.merge(combinationFindings(schema, candidate));
  if (typeof value === 'string') checkString(schema, value, at, findings);
  if (typeof value === 'number') {
    findings.matches += 2;
    for (const error of numberErrors(schema, value, at.path)) findings.add(error);
  }
  if (Array.isArray(value)) checkList(schema, value, at, findings);
  checkEnum(schema, at, findings);
  if (isJsonObject(value)) checkObject(schema, value, at, findings);
  findings.matches += 4;
  return findings;
}

/** fieldOf is the path as field errors have it: without the dot at the beginning. */
function fieldOf(path: string): string {
  return path.startsWith('.') ? path.slice(1) : path;
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** What does not fit into 64 bits is no integer for Go. */
function isInteger(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;
}

function checkType(schema: JsonSchema, { value, path }: Value, findings: Findings): void {
  findings.matches += 1;
  const types = typesOf(schema);
  if (types.length === 0 || (value === null && schema.nullable)) return;
  const actual = typeOfValue(value);
  const isNumber = actual === 'integer' && types.includes('number');
  if (types.includes(actual) || isNumber) return;
  const [wanted, met] = mismatch(schema, types, actual);
  const text = `${path} in body must be of type ${wanted}: ${JSON.stringify(met)}`;
  findings.add(typeInvalid(fieldOf(path), met, text));
}

/** FORMATS are Go's of the values that have one. */
const FORMATS: Readonly<Record<string, string>> = { integer: 'int64', number: 'float64' };

/** What was wanted and what was met: of a format, where the schema has one, save for lists and strings. */
function mismatch({ format = '' }: JsonSchema, types: readonly string[], actual: string) {
  const isText = actual === 'string' || actual === 'array' || actual === 'null';
  if (isText || !isKnownFormat(format)) return [types.join(','), actual] as const;
  return [format, FORMATS[actual] ?? ''] as const;
}

function checkEnum(schema: JsonSchema, { value, path }: Value, findings: Findings): void {
  const allowed = schema.enum;
  if (!allowed || allowed.length === 0) return;
  if (allowed.some((one) => one !== null && deepEqual(one, value))) return;
  const list = allowed.map((one) =>
    JSON.stringify(typeof one === 'string' ? one : JSON.stringify(one)),
  );
  const shown = JSON.stringify(value) ?? 'null';
  findings.add({
    type: 'FieldValueNotSupported',
    field: fieldOf(path),
    body: `Unsupported value: ${shown}: supported values: ${list.join(', ')}`,
  });
}

function checkString(schema: JsonSchema, text: string, at: Value, findings: Findings): void {
  findings.matches += 1;
  const field = fieldOf(at.path);
  const error = stringError(schema, text, at.path);
  if (error) findings.add(error);
  const { format = '' } = schema;
  if (isKnownFormat(format) && !isFormat(format, text)) {
    const wrong = `${at.path} in body must be of type ${format}: ${JSON.stringify(text)}`;
    findings.add(typeInvalid(field, text, wrong));
  }
}

function stringError(schema: JsonSchema, text: string, path: string): FieldError | undefined {
  const field = fieldOf(path);
  const length = [...text].length;
  const { maxLength, minLength, pattern } = schema;
  if (maxLength !== undefined && length > maxLength) return tooLong(field, maxLength);
  if (minLength !== undefined && length < minLength) {
    return invalid(field, text, `${path} in body should be at least ${minLength} chars long`);
  }
  if (pattern && !matchesPattern(pattern, text)) {
    return invalid(field, text, `${path} in body should match '${pattern}'`);
  }
  return undefined;
}

function checkList(
  schema: JsonSchema,
  list: readonly unknown[],
  { path, before }: Value,
  findings: Findings,
): void {
  const { items, minItems, maxItems } = schema;
  if (items) {
    for (const [index, value] of list.entries()) {
      const former = correlatedItem(schema, before, value);
      const at = { value, path: `${path}[${index}]`, before: former };
      findings.merge(checkValue(items, at));
    }
  }
  const field = fieldOf(path);
  const { length } = list;
  if (minItems !== undefined && length < minItems) {
    const text = `${path} in body should have at least ${minItems} items`;
    findings.add(invalid(field, length, text));
  }
  if (maxItems !== undefined && length > maxItems) findings.add(tooMany(field, length, maxItems));
  findings.matches += 1;
}

function checkObject(
  schema: JsonSchema,
  object: JsonObject,
  { path, before }: Value,
  findings: Findings,
): void {
  const field = fieldOf(path);
  const names = Object.keys(object);
  const { minProperties, maxProperties, properties = {} } = schema;
  if (minProperties !== undefined && names.length < minProperties) {
    const text = `${path} in body should have at least ${minProperties} properties`;
    findings.add(invalid(field, names.length, text));
  }
  if (maxProperties !== undefined && names.length > maxProperties) {
    findings.add(tooMany(field, names.length, maxProperties));
  }
  const additional = additionalSchema(schema);
  const below = (name: string, one: JsonSchema, place: string) => {
    const isName = path === '' && (name === 'kind' || name === 'apiVersion');
    const former = isName ? undefined : correlatedField(schema, before, name);
    findings.merge(checkValue(one, { value: object[name], path: place, before: former }));
  };
  for (const name of names) {
    if (additional && !propertyOf(schema, name)) below(name, additional, `${path}.${name}`);
  }
  for (const [name, one] of Object.entries(properties)) {
    if (Object.hasOwn(object, name)) below(name, one, path === '' ? name : `${path}.${name}`);
  }
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(object, name)) findings.add(required(fieldOf(`${path}.${name}`)));
  }
}
