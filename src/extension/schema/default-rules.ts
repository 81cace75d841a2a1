import { deepEqual } from '../../machinery/deep-equal.ts';
import { type FieldError, invalid } from '../../machinery/field-error.ts';
import { childPath, keyPath } from '../../machinery/field-path.ts';
import { coerceEmbedded, embeddedErrors, type MetaReport } from './embedded.ts';
import { NO_PATH } from './findings.ts';
import type { JsonSchema } from './json-schema.ts';
import { pruneObject, pruneValue } from './prune.ts';
import { validateValue } from './validate-value.ts';

/** defaultErrors checks the defaults of a schema against itself: they must fit and be pruned. */
export function defaultErrors(schema: JsonSchema, path: string): FieldError[] {
  const errors = schema.default === undefined ? [] : ownErrors(schema, childPath(path, 'default'));
  const { items, properties = {} } = schema;
  if (items) errors.push(...defaultErrors(items, childPath(path, 'items')));
  for (const [name, one] of Object.entries(properties)) {
    errors.push(...defaultErrors(one, keyPath(childPath(path, 'properties'), name)));
  }
  return errors;
}

function ownErrors(schema: JsonSchema, path: string): FieldError[] {
  const value = schema.default;
  const pruned = structuredClone(value);
  const errors: FieldError[] = [];
  if (schema['x-kubernetes-embedded-resource']) pruneObject(schema, pruned as never);
  else pruneValue(schema, pruned);
  if (!deepEqual(pruned, value)) errors.push(invalid(path, value, 'must not have unknown fields'));
  const report: MetaReport = { error: undefined, unknownFields: [] };
  coerceEmbedded(schema, structuredClone(value), '', report);
  if (report.error !== undefined) return [...errors, invalid(path, value, report.error)];
  const embedded = embeddedErrors(schema, value, path);
  if (embedded.length > 0) return [...errors, ...embedded];
  return [...errors, ...validateValue(schema, value).map((error) => below(path, error))];
}

function below(path: string, error: FieldError): FieldError {
  const { field } = error;
  if (field === NO_PATH) return error;
  if (field === '') return { ...error, field: path };
  return { ...error, field: field.startsWith('[') ? path + field : childPath(path, field) };
}
