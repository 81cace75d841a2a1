import { type FieldError, forbidden, invalid, notSupported } from '../../machinery/field-error.ts';
import { childPath, indexPath, keyPath } from '../../machinery/field-path.ts';
import { additionalSchema, type JsonSchema, META_FIELDS } from '../schema/json-schema.ts';
import { listSchemaErrors, mapTypeErrors } from './list-schema-validation.ts';
import { ruleTextErrors } from './rule-validation.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** Place is where in a schema the check is, and what the places above it forbid. */
interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  readonly insideMeta: boolean;
  /** Why defaults are not allowed; undefined: they are. */
  readonly noDefaults: string | undefined;
}

const UNSUPPORTED = [
  'id',
  'additionalItems',
  'patternProperties',
  'definitions',
  'dependencies',
  '$ref',
] as const;

/** schemaErrors checks what a schema of a version may consist of, apart from being structural. */
export function schemaErrors(schema: JsonSchema, path: string): FieldError[] {
  return errorsAt(schema, { path, isRoot: true, insideMeta: false, noDefaults: undefined });
}

function errorsAt(schema: JsonSchema, place: Place): FieldError[] {
  const { path } = place;
  const errors = [...ownErrors(schema, place), ...childErrors(schema, place)];
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    const at = childPath(path, 'x-kubernetes-preserve-unknown-fields');
    errors.push(invalid(at, false, 'must be true or undefined'));
  }
  errors.push(...mapTypeErrors(schema, path), ...listSchemaErrors(schema, path));
  errors.push(...ruleTextErrors(schema, path));
  return errors;
}

function ownErrors(schema: JsonSchema, { path, insideMeta, noDefaults }: Place): FieldError[] {
  const errors: FieldError[] = [];
  const forbid = (field: string, text: string) =>
    errors.push(forbidden(childPath(path, field), text));
  if (schema.type && !TYPES.includes(schema.type)) {
    errors.push(notSupported(childPath(path, 'type'), schema.type, TYPES));
  }
  if (schema.default !== undefined && noDefaults !== undefined) {
    forbid('default', `must not be set ${noDefaults}`);
  }
  for (const field of UNSUPPORTED) {
    if (schema[field] !== undefined) forbid(field, `${field} is not supported`);
  }
  if (schema.type === 'null') {
    forbid('type', 'type cannot be set to null, use nullable as an alternative');
  }
  if (Array.isArray(schema.items)) {
    forbid('items', 'items must be a schema object and not an array');
  }
  if (insideMeta && schema['x-kubernetes-embedded-resource']) {
    forbid('x-kubernetes-embedded-resource', 'must not be used inside of resource meta');
  }
  if (schema.uniqueItems) {
    forbid(
      'uniqueItems',
      'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
    );
  }
  const { additionalProperties, properties = {} } = schema;
  const isClosed = additionalProperties !== undefined && additionalProperties !== true;
  if (isClosed && Object.keys(properties).length > 0) {
    forbid('additionalProperties', 'additionalProperties and properties are mutual exclusive');
  }
  return errors;
}

function childErrors(schema: JsonSchema, place: Place): FieldError[] {
  const { path, isRoot } = place;
  const errors: FieldError[] = [];
  const inside = { ...place, isRoot: false };
  const additional = additionalSchema(schema);
  if (additional) {
    const noDefaults = place.insideMeta
      ? 'inside additionalProperties applying to object metadata'
      : place.noDefaults;
    const below = { ...inside, noDefaults, path: childPath(path, 'additionalProperties') };
    errors.push(...errorsAt(additional, below));
  }
  const isObject = isRoot || schema['x-kubernetes-embedded-resource'];
  for (const [name, one] of Object.entries(schema.properties ?? {})) {
    const isMeta = isObject && META_FIELDS.has(name);
    const below = { ...inside, path: keyPath(childPath(path, 'properties'), name) };
    const meta = { ...below, insideMeta: true };
    const noDefaults = isRoot ? `in top-level ${name}` : place.noDefaults;
    errors.push(...errorsAt(one, isMeta ? { ...meta, noDefaults } : below));
  }
  if (schema.not) errors.push(...errorsAt(schema.not, { ...inside, path: childPath(path, 'not') }));
  for (const name of ['allOf', 'oneOf', 'anyOf'] as const) {
    for (const [index, one] of (schema[name] ?? []).entries()) {
      errors.push(...errorsAt(one, { ...inside, path: indexPath(childPath(path, name), index) }));
    }
  }
  if (schema.items && !Array.isArray(schema.items)) {
    errors.push(...errorsAt(schema.items, { ...inside, path: childPath(path, 'items') }));
  }
  return errors;
}
