import { type FieldError, invalid } from '../../machinery/field-error.ts';
import { goNumber } from '../../machinery/go-number.ts';
import type { JsonSchema } from './json-schema.ts';

/** limitText prints a limit as upstream does: as a whole number beside whole numbers. */
function limitText(limit: number, value: number): string {
  return Number.isInteger(value) ? String(Math.trunc(limit)) : goNumber(limit);
}

function isMultiple(value: number, of: number): boolean {
  const ratio = value / of;
  return Math.abs(ratio - Math.round(ratio)) < 1e-9;
}

/** numberErrors checks `multipleOf`, `minimum` and `maximum`. */
export function numberErrors(schema: JsonSchema, value: number, path: string): FieldError[] {
  const { multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const errors: FieldError[] = [];
  const refuse = (text: string) =>
    errors.push(
      invalid(path.startsWith('.') ? path.slice(1) : path, value, `${path} in body ${text}`),
    );
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
    refuse(`should be a multiple of ${goNumber(multipleOf)}`);
  }
  if (minimum !== undefined) {
    const limit = limitText(minimum, value);
    if (exclusiveMinimum && value <= minimum) refuse(`should be greater than ${limit}`);
    if (!exclusiveMinimum && value < minimum) refuse(`should be greater than or equal to ${limit}`);
  }
  if (maximum !== undefined) {
    const limit = limitText(maximum, value);
    if (exclusiveMaximum && value >= maximum) refuse(`should be less than ${limit}`);
    if (!exclusiveMaximum && value > maximum) refuse(`should be less than or equal to ${limit}`);
  }
  return errors;
}
