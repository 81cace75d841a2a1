import type { CustomResourceDefinition } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import {
  goForm,
  pruneUnknown,
  type Schema,
  schemaOf,
  validateSchema,
} from '../../apis/schema/index.ts';
import { UndecodableError } from '../../apiserver/request/undecodable-error.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';

const PROPS = schemaOf('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps');
const PROPS_LIST: Schema = { kind: 'array', items: PROPS };
const STRINGS: Schema = { kind: 'array', items: { kind: 'scalar', type: 'string', bits: 64 } };

/** Where a schema has one of two forms: a schema, or a boolean. */
const OR_BOOLEAN = ['additionalItems', 'additionalProperties'];
const LISTS = ['allOf', 'anyOf', 'oneOf'];
const MAPS = ['definitions', 'patternProperties', 'properties'];
const WHERE = 'spec.versions.schema.openAPIV3Schema';

/** Place is where a schema stands: the names that a decoder's error has of it. */
interface Place {
  readonly path: string;
  /** True below what decodes itself: errors have the name of that only. */
  readonly isInner: boolean;
}

/**
 * readSchemas reads, in place, what the catalogue does not know the structure of, as upstream's
 * decoders of these do: schemas where something else may stand as well. What is neither a schema
 * nor a list is no schema of items; fields that a schema does not have are dropped without a
 * warning. Throws UndecodableError where a schema or a boolean is neither, and where a field has
 * another type.
 */
export function readSchemas({ spec }: CustomResourceDefinition): void {
  for (const { schema } of spec.versions ?? [])
    readSchema(schema?.openAPIV3Schema, { path: WHERE, isInner: false });
}

function readSchema(schema: unknown, place: Place): void {
  if (!isJsonObject(schema)) return;
  const at = (name: string): Place =>
    place.isInner ? place : { path: `${place.path}.${name}`, isInner: false };
  for (const name of OR_BOOLEAN) readOrBoolean(schema, name, at(name));
  readItems(schema, at('items'));
  readDependencies(schema, at('dependencies'));
  readSchema(schema.not, at('not'));
  for (const name of LISTS)
    for (const one of [schema[name] ?? []].flat()) readSchema(one, at(name));
  for (const name of MAPS)
    for (const one of Object.values(schema[name] ?? {})) readSchema(one, at(name));
}

function readOrBoolean(schema: JsonObject, name: string, place: Place): void {
  const value = schema[name];
  if (value === undefined || typeof value === 'boolean') return;
  if (!isJsonObject(value)) throw new UndecodableError('boolean or JSON schema expected');
  schema[name] = readPart(PROPS, value, place);
}

function readItems(schema: JsonObject, place: Place): void {
  const { items } = schema;
  if (Array.isArray(items)) schema.items = readPart(PROPS_LIST, items, place);
  else if (isJsonObject(items)) schema.items = readPart(PROPS, items, place);
  else delete schema.items;
}

function readDependencies({ dependencies }: JsonObject, place: Place): void {
  if (!isJsonObject(dependencies)) return;
  for (const [key, value] of Object.entries(dependencies)) {
    if (Array.isArray(value)) readPart(STRINGS, value, place);
    else if (isJsonObject(value)) dependencies[key] = readPart(PROPS, value, place);
  }
}

/** readPart reads what decodes itself: one schema, or a list. */
function readPart(schema: Schema, value: object, { path }: Place): unknown {
  const [problem] = validateSchema(schema, value).errors;
  if (problem) {
    const target = `into Go struct field JSONSchemaProps.${path} of type`;
    throw new UndecodableError(
      problem.body.replace(/into Go (?:value|struct field \S+) of type/, target),
    );
  }
  pruneUnknown(schema, value);
  for (const one of [value].flat()) readSchema(one, { path, isInner: true });
  return goForm(schema, value);
}
