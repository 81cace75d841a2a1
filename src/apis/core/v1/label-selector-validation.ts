import { type FieldError, forbidden, invalid, required } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../../../machinery/meta/v1.ts';
import { labelKeyErrors, labelValueErrors } from '../../../machinery/names.ts';
import { labelErrors, texts } from './validation-rules.ts';

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

/** validateLabelSelector checks the object form of a label selector; absent or empty is allowed. */
export function validateLabelSelector(
  selector: LabelSelector | undefined,
  path: string,
): FieldError[] {
  const { matchLabels, matchExpressions = [] } = selector ?? {};
  return [
    ...labelErrors(`${path}.matchLabels`, matchLabels),
    ...matchExpressions.flatMap((one, index) =>
      requirementErrors(one, indexPath(`${path}.matchExpressions`, index)),
    ),
  ];
}
