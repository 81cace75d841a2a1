import { deepEqual } from '../../../machinery/deep-equal.ts';
import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { dnsLabelErrors, labelKeyErrors, labelValueErrors } from '../../../machinery/names.ts';

/** texts turns what is wrong with a value into field errors. */
export function texts(path: string, value: unknown, problems: readonly string[]): FieldError[] {
  return problems.map((problem) => invalid(path, value, problem));
}

/** nonNegative checks that a number, where set, is not below zero. */
export function nonNegative(path: string, value: number | undefined): FieldError[] {
  if (value === undefined || value >= 0) return [];
  return [invalid(path, value, 'must be greater than or equal to 0')];
}

/** dnsLabel checks that a value is a DNS-1123 label. */
export function dnsLabel(path: string, value: string): FieldError[] {
  return texts(path, value, dnsLabelErrors(value));
}

/** requiredLabel is dnsLabel of a value that must be there. */
export function requiredLabel(path: string, value: string | undefined): FieldError[] {
  return value ? dnsLabel(path, value) : [required(path)];
}

/** immutable checks that a value did not change. */
export function immutable(path: string, value: unknown, old: unknown): FieldError[] {
  return deepEqual(value, old) ? [] : [invalid(path, value, 'field is immutable')];
}

/** labelErrors checks a map of labels. */
export function labelErrors(
  path: string,
  labels: Readonly<Record<string, string>> | undefined,
): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...texts(path, key, labelKeyErrors(key)),
    ...texts(path, value, labelValueErrors(value)),
  ]);
}

/** annotationErrors checks the keys of a map of annotations. */
export function annotationErrors(
  path: string,
  annotations: Readonly<Record<string, string>> | undefined,
): FieldError[] {
  return Object.keys(annotations ?? {}).flatMap((key) =>
    texts(path, key, labelKeyErrors(key.toLowerCase())),
  );
}

const FILE_MODE_TEXT = 'must be a number between 0 and 0777 (octal), both inclusive';

/** fileMode checks file permissions. */
export function fileMode(path: string, mode: number | undefined): FieldError[] {
  return mode === undefined || (mode >= 0 && mode <= 0o777)
    ? []
    : [invalid(path, mode, FILE_MODE_TEXT)];
}

/** invalidBare reports an invalid value that the message does not show. */
export function invalidBare(path: string, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: path, body: `Invalid value: ${detail}` };
}
