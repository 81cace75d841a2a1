import { type FieldError, invalid, notSupported, required } from '../../machinery/field-error.ts';
import { childPath, indexPath } from '../../machinery/field-path.ts';
import { findField } from '../schema/field-path-schema.ts';
import type { JsonSchema } from '../schema/json-schema.ts';

const REASONS = [
  'FieldValueDuplicate',
  'FieldValueForbidden',
  'FieldValueInvalid',
  'FieldValueRequired',
];
const NEWLINES = /[\n\r]/;

type Rule = NonNullable<JsonSchema['x-kubernetes-validations']>[number];

/** ruleTextErrors checks all of `x-kubernetes-validations` but the expressions themselves. */
export function ruleTextErrors(schema: JsonSchema, path: string): FieldError[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  const list = childPath(path, 'x-kubernetes-validations');
  return rules.flatMap((rule, index) => {
    const place = indexPath(list, index);
    return [
      ...messageErrors(rule, place),
      ...expressionErrors(rule, place),
      ...fieldPathErrors(schema, rule, place),
    ];
  });
}

function messageErrors({ rule = '', message = '' }: Rule, place: string): FieldError[] {
  const text = message.trim();
  const at = childPath(place, 'message');
  if (rule.trim() === '') return [required(childPath(place, 'rule'), 'rule is not specified')];
  if (message !== '' && text === '') {
    return [invalid(at, message, 'must be non-empty if specified')];
  }
  if (NEWLINES.test(text)) return [invalid(at, message, 'must not contain line breaks')];
  if (NEWLINES.test(rule.trim()) && text === '') {
    return [required(at, 'message must be specified if rule contains line breaks')];
  }
  return [];
}

function expressionErrors({ messageExpression = '', reason }: Rule, place: string): FieldError[] {
  const errors: FieldError[] = [];
  if (messageExpression !== '' && messageExpression.trim() === '') {
    const text = 'messageExpression must be non-empty if specified';
    errors.push(required(childPath(place, 'messageExpression'), text));
  }
  if (reason !== undefined && !REASONS.includes(reason)) {
    errors.push(notSupported(childPath(place, 'reason'), reason, REASONS));
  }
  return errors;
}

function fieldPathErrors(
  schema: JsonSchema,
  { fieldPath = '' }: Rule,
  place: string,
): FieldError[] {
  const at = childPath(place, 'fieldPath');
  if (fieldPath === '') return [];
  const errors: FieldError[] = [];
  if (fieldPath.trim() === '') {
    errors.push(invalid(at, fieldPath, 'must be non-empty if specified'));
  }
  if (NEWLINES.test(fieldPath)) {
    errors.push(invalid(at, fieldPath, 'must not contain line breaks'));
  }
  if ('problem' in findField(schema, fieldPath)) {
    errors.push(invalid(at, fieldPath, 'must be a valid path'));
  }
  return errors;
}
