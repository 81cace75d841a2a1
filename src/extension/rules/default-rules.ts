import { deepEqual } from '../../machinery/deep-equal.ts';
import { type FieldError, invalid } from '../../machinery/field-error.ts';
import { childPath, keyPath } from '../../machinery/field-path.ts';
import { coerceEmbedded, embeddedErrors, type MetaReport } from '../schema/embedded.ts';
import { NO_PATH } from '../schema/findings.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { pruneObject, pruneValue } from '../schema/prune.ts';
import { validateValue } from '../schema/validate-value.ts';
import { checkDefault, OBJECT_COST } from './check-rules.ts';
import { valueRuleTree } from './rule-tree.ts';

/** defaultErrors checks the defaults of a schema against itself: they must fit and be pruned. */
export function defaultErrors(schema: JsonSchema, path: string): FieldError[] {
  const check = new Check();
  check.schema(schema, path);
  return check.errors;
}

class Check {
  readonly errors: FieldError[] = [];
  #budget = OBJECT_COST;

  schema(schema: JsonSchema, path: string): void {
    if (schema.default !== undefined) this.#own(schema, childPath(path, 'default'));
    const { items, properties = {} } = schema;
    if (items && this.#budget >= 0) this.schema(items, childPath(path, 'items'));
    for (const [name, one] of Object.entries(properties)) {
      if (this.#budget < 0) return;
      this.schema(one, keyPath(childPath(path, 'properties'), name));
    }
  }

  #own(schema: JsonSchema, path: string): void {
    this.errors.push(...unknownErrors(schema, path));
    const wrong = shapeErrors(schema, path);
    this.errors.push(...wrong);
    if (wrong.length > 0) return;
    const tree = valueRuleTree(schema);
    if (!tree) return;
    const { errors, budget } = checkDefault(tree, schema.default, { path, budget: this.#budget });
    this.errors.push(...errors);
    this.#budget = budget;
  }
}

function unknownErrors(schema: JsonSchema, path: string): FieldError[] {
  const value = schema.default;
  const pruned = structuredClone(value);
  if (schema['x-kubernetes-embedded-resource']) pruneObject(schema, pruned as never);
  else pruneValue(schema, pruned);
  return deepEqual(pruned, value) ? [] : [invalid(path, value, 'must not have unknown fields')];
}

function shapeErrors(schema: JsonSchema, path: string): FieldError[] {
  const value = schema.default;
  const report: MetaReport = { error: undefined, unknownFields: [] };
  coerceEmbedded(schema, structuredClone(value), '', report);
  if (report.error !== undefined) return [invalid(path, value, report.error)];
  const embedded = embeddedErrors(schema, value, path);
  if (embedded.length > 0) return embedded;
  return validateValue(schema, value).map((error) => below(path, error));
}

function below(path: string, error: FieldError): FieldError {
  const { field } = error;
  if (field === '' || field === NO_PATH) return { ...error, field: path };
  return { ...error, field: field.startsWith('[') ? path + field : childPath(path, field) };
}
