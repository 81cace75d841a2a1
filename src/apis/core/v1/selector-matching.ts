import { deepEqual } from '../../../machinery/deep-equal.ts';
import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { type Labels, matchesLabels, selectorOfObject } from '../../../machinery/labels.ts';
import type { LabelSelector } from '../../../machinery/meta/v1.ts';

/** isEmptySelector tells whether a selector is there and demands nothing. */
export function isEmptySelector(selector: LabelSelector | undefined): boolean {
  if (selector === undefined) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}

/** selects tells whether a valid selector matches labels; a missing one matches nothing. */
export function selects(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  return selector !== undefined && matchesLabels(selectorOfObject(selector), labels);
}

/** templateLabelErrors checks that the pods of a template are those that a valid selector finds. */
export function templateLabelErrors(
  selector: LabelSelector | undefined,
  labels: Labels | undefined,
  path: string,
): FieldError[] {
  if (selects(selector, labels)) return [];
  const detail = '`selector` does not match template `labels`';
  return [invalid(`${path}.metadata.labels`, labels, detail)];
}

/** immutableSelector keeps the selector of a workload as it was made. */
export function immutableSelector(
  selector: LabelSelector | undefined,
  old: LabelSelector | undefined,
): FieldError[] {
  if (deepEqual(selector, old)) return [];
  return [invalid('spec.selector', selector, 'field is immutable')];
}
