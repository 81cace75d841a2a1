import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  SelectableField,
} from '../../apis/apiextensions.k8s.io/v1/types.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  required,
  tooMany,
} from '../../machinery/field-error.ts';
import { childPath, indexPath } from '../../machinery/field-path.ts';
import { defaultErrors } from '../rules/default-rules.ts';
import { ruleErrors } from '../rules/rule-errors.ts';
import { findField } from '../schema/field-path-schema.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { structuralErrors } from '../schema/structural-rules.ts';
import { someSchema } from '../schema/walk.ts';
import { schemaErrors } from './schema-validation.ts';

const COLUMN_TYPES = 'boolean,date,integer,number,string';
const COLUMN_FORMATS = 'byte,date,date-time,double,float,int32,int64,password';
const MAX_SELECTABLE_FIELDS = 8;
const MAX_WARNING_CHARS = 256;

/** ROOT_FIELDS are what a schema with a separate status may say at its root. */
const ROOT_FIELDS =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations'.split(
    ' ',
  );

function goName(field: string): string {
  const name = field.replace(/^x-kubernetes-/, 'x-');
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const UNREADABLE = [
  'id',
  '$schema',
  '$ref',
  'patternProperties',
  'dependencies',
  'additionalItems',
  'definitions',
] as const;

/** deprecationErrors checks the warning of a deprecated version. */
export function deprecationErrors(
  { deprecated, deprecationWarning: text }: CustomResourceDefinitionVersion,
  path: string,
): FieldError[] {
  if (text === undefined) return [];
  const place = childPath(path, 'deprecationWarning');
  const refuse = (detail: string) => invalid(place, text, detail);
  if (!deprecated) return [refuse('can only be set for deprecated versions')];
  const errors: FieldError[] = [];
  if (Buffer.byteLength(text) > MAX_WARNING_CHARS)
    errors.push(refuse('must be <= 256 characters long'));
  if (text === '') errors.push(refuse('must not be an empty string'));
  const odd = text.search(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u);
  if (odd >= 0) {
    const index = Buffer.byteLength(text.slice(0, odd));
    errors.push(
      refuse(
        `must only contain printable UTF-8 characters; non-printable character found at index ${index}`,
      ),
    );
  }
  return errors;
}

/** versionSchemaErrors checks the schema of a version; `path` is that of `schema`. */
export function versionSchemaErrors(
  schema: JsonSchema | undefined,
  path: string,
  hasStatus: boolean,
): FieldError[] {
  if (!schema) return [];
  const place = childPath(path, 'openAPIV3Schema');
  const errors = hasStatus ? rootErrors(schema, place) : [];
  if (schema.nullable) {
    const text = 'nullable cannot be true at the root';
    errors.push(forbidden(childPath(place, 'nullable'), text));
  }
  const isReadable = !someSchema(schema, isUnreadable);
  const structural = isReadable ? structuralErrors(schema, place) : [];
  const isSafe = isReadable && structural.length === 0;
  const broken = isSafe ? defaultErrors(schema, place) : structural;
  const found = schemaErrors(schema, place);
  // Expressions are looked at where what they are about is known to be right.
  const isSound = broken.length + found.length === 0;
  if (isSound && someSchema(schema, (one) => one.$schema !== undefined)) {
    return [...errors, invalid(place, '', "OpenAPIV3Schema 'schema' is not supported")];
  }
  return [...errors, ...broken, ...found, ...(isSound ? ruleErrors(schema, place) : [])];
}

/** What no structure can be made of is said elsewhere, and keeps its structure from being looked at. */
function isUnreadable(schema: JsonSchema): boolean {
  return Array.isArray(schema.items) || UNREADABLE.some((name) => schema[name] !== undefined);
}

function rootErrors(schema: JsonSchema, path: string): FieldError[] {
  if (schema.type && schema.type !== 'object') {
    const text =
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    return [invalid(childPath(path, 'type'), schema.type, text)];
  }
  const other = Object.keys(schema).find((name) => !ROOT_FIELDS.includes(goName(name)));
  if (other === undefined) return [];
  const text = `only [${ROOT_FIELDS.join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`;
  return [invalid(path, schema, text)];
}

/** subresourceErrors checks the paths of a scale. */
export function subresourceErrors(
  subresources: CustomResourceSubresources | undefined,
  path: string,
): FieldError[] {
  const { scale } = subresources ?? {};
  if (!scale) return [];
  const errors: FieldError[] = [];
  const check = (field: 'specReplicasPath' | 'statusReplicasPath', root: string) => {
    const place = childPath(path, `scale.${field}`);
    const value = scale[field] ?? '';
    if (value === '') errors.push(required(place));
    else if (!value.startsWith('.')) errors.push(...simplePathErrors(value, place));
    else if (!value.startsWith(`${root}.`)) {
      errors.push(invalid(place, value, `should be a json path under ${root}`));
    }
  };
  check('specReplicasPath', '.spec');
  check('statusReplicasPath', '.status');
  const selector = scale.labelSelectorPath;
  if (selector) {
    const place = childPath(path, 'scale.labelSelectorPath');
    if (!selector.startsWith('.')) errors.push(...simplePathErrors(selector, place));
    else if (!/^\.(?:spec|status)\./.test(selector)) {
      const text = 'should be a json path under either .spec or .status';
      errors.push(invalid(place, selector, text));
    }
  }
  return errors;
}

function simplePathErrors(value: string, place: string): FieldError[] {
  if (value.startsWith('.')) return [];
  return [invalid(place, value, 'must be a simple json path starting with .')];
}

/** columnErrors checks printer columns. */
export function columnErrors(
  columns: readonly CustomResourceColumnDefinition[],
  path: string,
): FieldError[] {
  return columns.flatMap((column, index) => {
    const place = indexPath(path, index);
    const errors: FieldError[] = [];
    if (!column.name) errors.push(required(childPath(place, 'name')));
    const types = `must be one of ${COLUMN_TYPES}`;
    if (!column.type) errors.push(required(childPath(place, 'type'), types));
    else if (!COLUMN_TYPES.split(',').includes(column.type)) {
      errors.push(invalid(childPath(place, 'type'), column.type, types));
    }
    if (column.format && !COLUMN_FORMATS.split(',').includes(column.format)) {
      const text = `must be one of ${COLUMN_FORMATS}`;
      errors.push(invalid(childPath(place, 'format'), column.format, text));
    }
    const at = childPath(place, 'JSONPath');
    if (!column.jsonPath) errors.push(required(at));
    else errors.push(...simplePathErrors(column.jsonPath, at));
    return errors;
  });
}

/** selectableFieldErrors checks the fields that field selectors may name. */
export function selectableFieldErrors(
  fields: readonly SelectableField[],
  schema: JsonSchema,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { jsonPath }] of fields.entries()) {
    const place = childPath(indexPath(path, index), 'jsonPath');
    if (!jsonPath) {
      errors.push(required(place));
      continue;
    }
    const found = findField(schema, jsonPath, { brackets: false });
    if ('problem' in found) {
      errors.push(invalid(place, jsonPath, `is an invalid path: ${found.problem}`));
      continue;
    }
    if (found.names[0] === 'metadata') {
      errors.push(invalid(place, jsonPath, 'must not point to fields in metadata'));
    }
    if (!['string', 'boolean', 'integer'].includes(found.schema.type ?? '')) {
      const text =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      errors.push(invalid(place, jsonPath, text));
    }
    if (seen.has(found.path)) errors.push(duplicate(place, jsonPath));
    seen.add(found.path);
  }
  if (seen.size > MAX_SELECTABLE_FIELDS) {
    errors.push(tooMany(path, seen.size, MAX_SELECTABLE_FIELDS));
  }
  return errors;
}
