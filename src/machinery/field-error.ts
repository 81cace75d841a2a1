import { goNumber } from './go-number.ts';

/** FieldErrorType is the reason of one validation failure, as `StatusCause.reason` spells it. */
export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueNotFound'
  | 'FieldValueNotSupported'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

/** FieldError is one failure of validation at one path (k8s.io/apimachinery field.Error). */
export interface FieldError {
  readonly type: FieldErrorType;
  /** The field's path, such as `spec.containers[0].name`. */
  readonly field: string;
  /** The text after the path, such as `Required value: must be set`. */
  readonly body: string;
}

const UNSAFE = /[<>&\u2028\u2029]/g;
const unsafe = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Texts are shown quoted; everything else as Go writes JSON, where some characters are escaped. */
function show(value: unknown): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return goNumber(value);
  const text = JSON.stringify(value) ?? 'null';
  return typeof value === 'string' ? text : text.replace(UNSAFE, unsafe);
}

function withDetail(text: string, detail: string): string {
  return detail === '' ? text : `${text}: ${detail}`;
}

/** required reports that a field must be set. */
export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, body: withDetail('Required value', detail) };
}

/** invalid reports a value that has the right type but not an allowed content. */
export function invalid(field: string, value: unknown, detail: string): FieldError {
  return {
    type: 'FieldValueInvalid',
    field,
    body: withDetail(`Invalid value: ${show(value)}`, detail),
  };
}

/** duplicate reports a second element with the same key. */
export function duplicate(field: string, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, body: `Duplicate value: ${show(value)}` };
}

/** forbidden reports a field that may not be set, or not be changed. */
export function forbidden(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, body: withDetail('Forbidden', detail) };
}

/** notFound reports a reference to something that does not exist. */
export function notFound(field: string, value: unknown): FieldError {
  return { type: 'FieldValueNotFound', field, body: `Not found: ${show(value)}` };
}

/**
 * notSupported reports a value outside an enumeration; the allowed ones are listed sorted, which is
 * what most of upstream's validation does, or as they are given.
 */
export function notSupported(
  field: string,
  value: unknown,
  allowed: readonly string[],
  order: 'sorted' | 'as given' = 'sorted',
): FieldError {
  const shown = order === 'sorted' ? [...allowed].sort() : allowed;
  const list = shown.map((one) => JSON.stringify(one));
  return {
    type: 'FieldValueNotSupported',
    field,
    body: withDetail(`Unsupported value: ${show(value)}`, `supported values: ${list.join(', ')}`),
  };
}

/** tooLong reports a string or object over its size limit. */
export function tooLong(field: string, maxLength: number): FieldError {
  return {
    type: 'FieldValueTooLong',
    field,
    body: `Too long: may not be more than ${maxLength} bytes`,
  };
}

/** tooMany reports a list over its length limit. */
export function tooMany(field: string, actual: number, maxItems: number): FieldError {
  return {
    type: 'FieldValueTooMany',
    field,
    body: `Too many: ${actual}: must have at most ${maxItems} items`,
  };
}

/** typeInvalid reports a value of the wrong type. */
export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return {
    type: 'FieldValueTypeInvalid',
    field,
    body: withDetail(`Invalid value: ${show(value)}`, detail),
  };
}

/** fieldErrorsText prints failures in one text, each once (field.ErrorList.ToAggregate). */
export function fieldErrorsText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(({ field, body }) => `${field}: ${body}`))];
  return texts.length === 1 ? texts.join('') : `[${texts.join(', ')}]`;
}
