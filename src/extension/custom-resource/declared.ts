import { schemaOf } from '../../apis/schema/index.ts';
import {
  listText,
  mapText,
  problemsText,
  scalarText,
  typedProblems,
  walkItems,
} from '../../apiserver/fields/typed-problem.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import {
  additionalSchema,
  allowsAdditional,
  type JsonSchema,
  propertyOf,
  typesOf,
} from '../schema/json-schema.ts';
import { shapeOfSchema } from '../schema/shape.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/**
 * undeclaredField answers why server-side apply cannot take a configuration: fields that are not
 * declared, values of another type, items of lists with one name (structured-merge-diff's typed
 * conversion).
 */
export function undeclaredField(schema: JsonSchema, config: JsonObject): string | undefined {
  const found: string[] = [];
  inObject(schema, config, { path: '', isWhole: true, found });
  return problemsText(found);
}

/** Where a value is, whether it is an object of its own, and what was found so far. */
interface Place {
  readonly path: string;
  readonly isWhole: boolean;
  readonly found: string[];
}

function inValue(schema: JsonSchema, value: unknown, path: string, found: string[]): void {
  if (value === null || value === undefined) return;
  const wrong = typeProblem(schema, value);
  if (wrong !== undefined) found.push(`${path}: ${wrong}`);
  else if (Array.isArray(value)) inList(schema, value, path, found);
  // What it is instead of a number or a string is found by the validation.
  else if (isJsonObject(value) && !schema['x-kubernetes-int-or-string']) {
    const isWhole = schema['x-kubernetes-embedded-resource'] === true;
    inObject(schema, value, { path, isWhole, found });
  }
}

function inList(schema: JsonSchema, list: readonly unknown[], path: string, found: string[]): void {
  const { items } = schema;
  if (!items) return;
  const shape = shapeOfSchema(schema);
  const named = shape.kind === 'items' || shape.kind === 'set' ? shape : undefined;
  walkItems(list, { path, shape: named, found }, (item, below) =>
    inValue(items, item, below, found),
  );
}

function inObject(schema: JsonSchema, object: JsonObject, { path, isWhole, found }: Place): void {
  const additional = additionalSchema(schema);
  const isOpen = allowsAdditional(schema) || schema['x-kubernetes-preserve-unknown-fields'];
  for (const [name, value] of Object.entries(object).sort(byName)) {
    const place = `${path}.${name}`;
    const property = propertyOf(schema, name) ?? additional;
    if (isWhole && name === 'metadata')
      found.push(...typedProblems(schemaOf(OBJECT_META), value, place));
    else if (isWhole && (name === 'apiVersion' || name === 'kind')) continue;
    else if (property) inValue(property, value, place, found);
    else if (!isOpen) found.push(`${place}: field not declared in schema`);
  }
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

function typeProblem(schema: JsonSchema, value: unknown): string | undefined {
  const [expected, ...others] = typesOf(schema);
  if (expected === undefined || others.length > 0) return undefined;
  if (expected === 'array') return listText(value);
  return expected === 'object' ? mapText(value) : scalarText(expected, value);
}
