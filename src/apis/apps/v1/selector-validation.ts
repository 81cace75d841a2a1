import { deepEqual } from '../../../machinery/deep-equal.ts';
import { type FieldError, forbidden, invalid, required } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../../../machinery/meta/v1.ts';
import { labelKeyErrors, labelValueErrors } from '../../../machinery/names.ts';
import { goStrings, labelErrors, texts } from '../../core/v1/validation-rules.ts';

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

function requirementErrors(one: LabelSelectorRequirement, path: string): FieldError[] {
  const { key, operator, values = [] } = one;
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    const detail = "must be specified when `operator` is 'In' or 'NotIn'";
    if (values.length === 0) errors.push(required(`${path}.values`, detail));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    if (values.length > 0) errors.push(forbidden(`${path}.values`, detail));
  } else errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  errors.push(...texts(`${path}.key`, key, labelKeyErrors(key)));
  for (const [index, value] of values.entries())
    errors.push(...texts(indexPath(`${path}.values`, index), value, labelValueErrors(value)));
  return errors;
}

/** validateSelector checks the selector of a workload: it is there and not empty. */
export function validateSelector(selector: LabelSelector | undefined, path: string): FieldError[] {
  if (selector === undefined) return [required(path)];
  const { matchLabels, matchExpressions = [] } = selector;
  const errors = [
    ...labelErrors(`${path}.matchLabels`, matchLabels),
    ...matchExpressions.flatMap((one, index) =>
      requirementErrors(one, indexPath(`${path}.matchExpressions`, index)),
    ),
  ];
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
