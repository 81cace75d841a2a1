import { deepEqual } from '../../machinery/deep-equal.ts';
import { type FieldError, forbidden, invalid, required } from '../../machinery/field-error.ts';
import { childPath, indexPath, keyPath } from '../../machinery/field-path.ts';
import { completenessErrors } from './completeness.ts';
import { additionalSchema, type JsonSchema } from './json-schema.ts';
import { patternProblem } from './pattern.ts';

/** Level is where a schema stands: which text says that it must have a type. */
type Level = 'root' | 'item' | 'field';

const INT_OR_STRING: readonly JsonSchema[] = [{ type: 'integer' }, { type: 'string' }];
const TYPE_MISSING: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

/**
 * structuralErrors finds what keeps a schema from being structural, so that pruning, defaulting and
 * publishing it were ambiguous (k8s.io/apiextensions-apiserver `pkg/apiserver/schema`).
 */
export function structuralErrors(schema: JsonSchema, path: string): FieldError[] {
  const errors = [...invariantErrors(schema, 'root', path), ...completenessErrors(schema, path)];
  return errors.sort((a, b) => (`${a.field}: ${a.body}` < `${b.field}: ${b.body}` ? -1 : 1));
}

function invariantErrors(schema: JsonSchema, level: Level, path: string): FieldError[] {
  const { items, properties = {} } = schema;
  const errors: FieldError[] = [];
  if (schema.type === 'array' && !items) {
    errors.push(required(childPath(path, 'items'), 'must be specified'));
  }
  if (items) errors.push(...invariantErrors(items, 'item', childPath(path, 'items')));
  for (const [name, one] of Object.entries(properties)) {
    errors.push(...invariantErrors(one, 'field', propertyPath(path, name)));
  }
  errors.push(...additionalErrors(schema, level, path));
  errors.push(...extensionErrors(schema, path));
  errors.push(...valueRuleErrors(schema, path, intOrStringPattern(schema)));
  errors.push(...typeErrors(schema, level, path));
  errors.push(...metaErrors(schema, level, path));
  return errors;
}

function propertyPath(path: string, name: string): string {
  return keyPath(childPath(path, 'properties'), name);
}

function additionalErrors(schema: JsonSchema, level: Level, path: string): FieldError[] {
  if (schema.additionalProperties === undefined) return [];
  const place = childPath(path, 'additionalProperties');
  const errors: FieldError[] = [];
  if (level === 'root') errors.push(forbidden(place, 'must not be used at the root'));
  const values = additionalSchema(schema);
  if (values) errors.push(...invariantErrors(values, 'field', place));
  if (schema['x-kubernetes-embedded-resource']) {
    errors.push(forbidden(place, 'must not be used if x-kubernetes-embedded-resource is set'));
  }
  return errors;
}

function extensionErrors(schema: JsonSchema, path: string): FieldError[] {
  if (!schema['x-kubernetes-int-or-string']) return [];
  const names = ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const;
  return names
    .filter((name) => schema[name])
    .map((name) =>
      invalid(childPath(path, name), true, 'must be false if x-kubernetes-int-or-string is true'),
    );
}

function typeErrors(schema: JsonSchema, level: Level, path: string): FieldError[] {
  const place = childPath(path, 'type');
  const { type } = schema;
  const errors: FieldError[] = [];
  const isFree =
    schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields'];
  if (schema['x-kubernetes-embedded-resource'] && type !== 'object') {
    const text = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type ? invalid(place, type, text) : required(place, text));
  } else if (!type && !isFree) {
    errors.push(required(place, TYPE_MISSING[level]));
  }
  if (level === 'root' && type && type !== 'object') {
    errors.push(invalid(place, type, 'must be object at the root'));
  }
  return errors;
}

function metaErrors(schema: JsonSchema, level: Level, path: string): FieldError[] {
  const { properties = {} } = schema;
  const errors: FieldError[] = [];
  const isObject = level === 'root' || schema['x-kubernetes-embedded-resource'] === true;
  for (const name of ['kind', 'apiVersion']) {
    const one = properties[name];
    if (one && isObject && one.type !== 'string') {
      const place = childPath(propertyPath(path, name), 'type');
      errors.push(invalid(place, one.type ?? '', 'must be string'));
    }
  }
  const { metadata } = properties;
  if (metadata) {
    const place = propertyPath(path, 'metadata');
    if (isObject && metadata.type !== 'object') {
      errors.push(invalid(childPath(place, 'type'), metadata.type ?? '', 'must be object'));
    }
    if (level === 'root' && restrictsMore(metadata)) {
      const text =
        'must not specify anything other than name and generateName, but metadata is implicitly specified';
      errors.push(forbidden(place, text));
    }
  }
  const isEmpty = Object.keys(properties).length === 0;
  const preserves = schema['x-kubernetes-preserve-unknown-fields'];
  if (schema['x-kubernetes-embedded-resource'] && !preserves && isEmpty) {
    const text =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(childPath(path, 'properties'), text));
  }
  return errors;
}

function restrictsMore({
  properties = {},
  type: _,
  default: _default,
  ...rest
}: JsonSchema): boolean {
  const names = Object.keys(properties);
  const others = names.filter((name) => name !== 'name' && name !== 'generateName');
  return others.length > 0 || Object.keys(rest).length > 0;
}

/** Where the two types of an int-or-string may be spelled out although types belong elsewhere. */
type Exempt = 'anyOf' | 'allOf' | undefined;

function intOrStringPattern({ anyOf, allOf }: JsonSchema): Exempt {
  if (deepEqual(anyOf, INT_OR_STRING)) return 'anyOf';
  return deepEqual(allOf?.[0]?.anyOf, INT_OR_STRING) ? 'allOf' : undefined;
}

function valueRuleErrors(schema: JsonSchema, path: string, exempt: Exempt): FieldError[] {
  const errors: FieldError[] = [];
  const nested = (name: 'anyOf' | 'allOf' | 'oneOf') => {
    for (const [index, one] of (schema[name] ?? []).entries()) {
      const below = name === 'allOf' && exempt === 'allOf' && index === 0 ? 'anyOf' : undefined;
      errors.push(...nestedErrors(one, indexPath(childPath(path, name), index), below));
    }
  };
  if (exempt !== 'anyOf') nested('anyOf');
  nested('allOf');
  nested('oneOf');
  if (schema.not) errors.push(...nestedErrors(schema.not, childPath(path, 'not'), undefined));
  const problem = schema.pattern ? patternProblem(schema.pattern) : undefined;
  if (problem !== undefined) {
    const text = `must be a valid regular expression, but isn't: ${problem}`;
    errors.push(invalid(childPath(path, 'pattern'), schema.pattern, text));
  }
  return errors;
}

/** What only the structure itself may say, and how its absence elsewhere is demanded. */
const STRUCTURE_ONLY: readonly (readonly [keyof JsonSchema, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

function isSet(value: unknown): boolean {
  return value !== undefined && value !== '' && value !== false;
}

function nestedErrors(schema: JsonSchema, path: string, exempt: Exempt): FieldError[] {
  const { items, properties = {} } = schema;
  const errors = valueRuleErrors(schema, path, exempt);
  if (items) errors.push(...nestedErrors(items, childPath(path, 'items'), undefined));
  for (const [name, one] of Object.entries(properties)) {
    errors.push(...nestedErrors(one, propertyPath(path, name), undefined));
  }
  for (const [name, text] of STRUCTURE_ONLY) {
    if (isSet(schema[name])) errors.push(forbidden(childPath(path, name), text));
  }
  if (properties.metadata) {
    const text = 'must not be specified in a nested context';
    errors.push(forbidden(propertyPath(path, 'metadata'), text));
  }
  return errors;
}
