import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import type { LabelSelector } from '../../../machinery/meta/v1.ts';
import { validateLabelSelector } from '../../core/v1/label-selector-validation.ts';
import { isEmptySelector } from '../../core/v1/selector-matching.ts';

/** validateSelector checks the selector of a workload (`kind` in messages): it is there and not empty. */
export function validateSelector(selector: LabelSelector | undefined, kind: string): FieldError[] {
  const path = 'spec.selector';
  if (selector === undefined) return [required(path)];
  const errors = validateLabelSelector(selector, path);
  if (!isEmptySelector(selector)) return errors;
  return [...errors, invalid(path, selector, `empty selector is invalid for ${kind}`)];
}
