import { labelKeyErrors, labelValueErrors } from './names.ts';

/** LabelOperator is the relation of one requirement, in the spelling that a selector prints. */
export type LabelOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';

/** LabelRequirement is one condition on a label; `values` of `gt` and `lt` is one integer. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** SelectorError says why a label or field selector cannot be read; the API answers it as 400. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

function invalidValue(path: string, value: unknown, detail: string): string {
  return `${path}: Invalid value: ${JSON.stringify(value)}: ${detail}`;
}

const INTEGER = /^[+-]?\d+$/;

function countErrors(operator: LabelOperator, values: readonly string[]): string[] {
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length > 0
        ? []
        : [
            invalidValue(
              'values',
              values,
              "for 'in', 'notin' operators, values set can't be empty",
            ),
          ];
    case '=':
    case '==':
    case '!=':
      return values.length === 1
        ? []
        : [invalidValue('values', values, 'exact-match compatibility requires one single value')];
    case 'exists':
    case '!':
      return values.length === 0
        ? []
        : [
            invalidValue(
              'values',
              values,
              'values set must be empty for exists and does not exist',
            ),
          ];
    default:
      return numberErrors(values);
  }
}

function numberErrors(values: readonly string[]): string[] {
  const errors: string[] = [];
  if (values.length !== 1) {
    errors.push(
      invalidValue('values', values, "for 'Gt', 'Lt' operators, exactly one value is required"),
    );
  }
  for (const [index, value] of values.entries()) {
    if (!INTEGER.test(value)) {
      errors.push(
        invalidValue(
          `values[${index}]`,
          value,
          "for 'Gt', 'Lt' operators, the value must be an integer",
        ),
      );
    }
  }
  return errors;
}

/** checkLabelKey throws a SelectorError when a key cannot be a label's. */
export function checkLabelKey(key: string, path = '<nil>'): void {
  const errors = labelKeyErrors(key);
  if (errors.length > 0) throw new SelectorError(invalidValue(path, key, errors.join('; ')));
}

/** newRequirement makes a checked requirement; throws a SelectorError in upstream's words. */
export function newRequirement(
  key: string,
  operator: LabelOperator,
  values: readonly string[],
): LabelRequirement {
  const errors: string[] = [];
  const keyErrors = labelKeyErrors(key);
  if (keyErrors.length > 0) errors.push(invalidValue('key', key, keyErrors.join('; ')));
  errors.push(...countErrors(operator, values));
  for (const [index, value] of values.entries()) {
    const valueErrors = labelValueErrors(value);
    if (valueErrors.length > 0)
      errors.push(invalidValue(`values[${index}][${key}]`, value, valueErrors.join('; ')));
  }
  if (errors.length > 0)
    throw new SelectorError(errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`);
  return { key, operator, values };
}

/** requirementMatches tells whether a set of labels satisfies one requirement. */
export function requirementMatches(
  requirement: LabelRequirement,
  labels: Readonly<Record<string, string>>,
): boolean {
  const { key, operator, values } = requirement;
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    default:
      return compares(operator, value, values[0]);
  }
}

function compares(operator: 'gt' | 'lt', value: string | undefined, bound: string | undefined) {
  if (value === undefined || bound === undefined || !INTEGER.test(value)) return false;
  const difference = BigInt(value) - BigInt(bound);
  return operator === 'gt' ? difference > 0n : difference < 0n;
}

/** requirementText prints a requirement as a selector spells it, values sorted. */
export function requirementText({ key, operator, values }: LabelRequirement): string {
  const list = [...values].sort().join(',');
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${list})`;
    case 'gt':
      return `${key}>${list}`;
    case 'lt':
      return `${key}<${list}`;
    default:
      return `${key}${operator}${list}`;
  }
}
