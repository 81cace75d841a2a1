import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { resolveIntOrPercent } from '../../../machinery/int-or-percent.ts';
import type { IntOrString } from '../../../machinery/meta/v1.ts';
import { regexError } from '../../../machinery/names.ts';
import { nonNegative, texts } from '../../core/v1/validation-rules.ts';

const PERCENT = /^[0-9]+%$/;
const PERCENT_TEXT = regexError(
  "a valid percent string must be a numeric string followed by an ending '%'",
  '[0-9]+%',
  '1%',
  '93%',
);

/** intOrPercentErrors checks that a bound is a count from 0 on, or a percentage. */
export function intOrPercentErrors(path: string, value: IntOrString): FieldError[] {
  if (typeof value === 'number') return nonNegative(path, value);
  return PERCENT.test(value) ? [] : texts(path, value, [PERCENT_TEXT]);
}

/** atMostHundredPercent refuses percentages above 100. */
export function atMostHundredPercent(path: string, value: IntOrString): FieldError[] {
  if (typeof value !== 'string' || ofHundred(value) <= 100) return [];
  return [invalid(path, value, 'must not be greater than 100%')];
}

/** ofHundred answers how many of a hundred a bound is. */
export function ofHundred(value: IntOrString): number {
  return resolveIntOrPercent(value, 100, 'down');
}

/** shownBounds shows the bounds of a rollout as upstream's texts do: both, in the order of its own form. */
export function shownBounds(
  bounds: { readonly maxUnavailable?: IntOrString; readonly maxSurge?: IntOrString } | undefined,
): object | null {
  if (bounds === undefined) return null;
  return { MaxUnavailable: bounds.maxUnavailable ?? 0, MaxSurge: bounds.maxSurge ?? 0 };
}
