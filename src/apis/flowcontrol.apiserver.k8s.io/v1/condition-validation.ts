import { duplicate, type FieldError, required } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';

/** conditionErrors checks the conditions of a status: each has a type, each type once. */
export function conditionErrors(
  conditions: readonly { readonly type?: string }[] = [],
): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { type = '' }] of conditions.entries()) {
    const path = `${indexPath('status.conditions', index)}.type`;
    if (seen.has(type)) errors.push(duplicate(path, type));
    seen.add(type);
    if (type === '') errors.push(required(path));
  }
  return errors;
}
