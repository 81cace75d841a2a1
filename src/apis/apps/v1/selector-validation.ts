import { deepEqual } from '../../../machinery/deep-equal.ts';
import { type FieldError, required } from '../../../machinery/field-error.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../../../machinery/meta/v1.ts';
import { validateLabelSelector } from '../../core/v1/label-selector-validation.ts';
import { goStrings } from '../../core/v1/validation-rules.ts';

/** goStringMap prints labels as Go's `%#v` does: upstream shows bad ones this way. */
export function goStringMap(map: Readonly<Record<string, string>> | undefined): string {
  if (map === undefined) return 'map[string]string(nil)';
  const pairs = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  const list = pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `map[string]string{${list.join(', ')}}`;
}

function goRequirement({ key, operator, values }: LabelSelectorRequirement): string {
  const list = values === undefined ? '[]string(nil)' : goStrings(values);
  return `v1.LabelSelectorRequirement{Key:${JSON.stringify(key)}, Operator:${JSON.stringify(operator)}, Values:${list}}`;
}

function goSelector({ matchLabels, matchExpressions }: LabelSelector): string {
  const type = '[]v1.LabelSelectorRequirement';
  const list = matchExpressions?.map(goRequirement).join(', ');
  const expressions = list === undefined ? `${type}(nil)` : `${type}{${list}}`;
  return `v1.LabelSelector{MatchLabels:${goStringMap(matchLabels)}, MatchExpressions:${expressions}}`;
}

/** invalidGo reports a value that upstream prints in Go's own syntax. */
export function invalidGo(field: string, value: string, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, body: `Invalid value: ${value}: ${detail}` };
}

/** validateSelector checks the selector of a workload: it is there and not empty. */
export function validateSelector(selector: LabelSelector | undefined, path: string): FieldError[] {
  if (selector === undefined) return [required(path)];
  const { matchLabels, matchExpressions = [] } = selector;
  const errors = validateLabelSelector(selector, path);
  if (Object.keys(matchLabels ?? {}).length + matchExpressions.length === 0)
    errors.push(invalidGo(path, goSelector(selector), 'empty selector is invalid for deployment'));
  return errors;
}

/** immutableSelector keeps the selector of a workload as it was made. */
export function immutableSelector(
  selector: LabelSelector | undefined,
  old: LabelSelector | undefined,
  path: string,
): FieldError[] {
  if (deepEqual(selector, old)) return [];
  return [invalidGo(path, goSelector(selector ?? {}), 'field is immutable')];
}
