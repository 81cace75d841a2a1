import { deepEqual } from '../../../machinery/deep-equal.ts';
import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { type Labels, matchesLabels, selectorOfObject } from '../../../machinery/labels.ts';
import type { LabelSelector } from '../../../machinery/meta/v1.ts';
import { goForm, schemaOf } from '../../schema/index.ts';

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

/** shownLabels are labels as messages show them: sorted. */
export function shownLabels(labels: Labels | undefined): Labels | undefined {
  if (labels === undefined) return undefined;
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** shownSelector is a selector as messages show it: in Go's order, its labels sorted. */
export function shownSelector(selector: LabelSelector | undefined): LabelSelector | undefined {
  return selector && goForm(SELECTOR, selector);
}

const SELECTOR = schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector');

/** templateLabelErrors checks that the pods of a template are those that a valid selector finds. */
export function templateLabelErrors(
  selector: LabelSelector | undefined,
  labels: Labels | undefined,
  path: string,
): FieldError[] {
  if (selects(selector, labels)) return [];
  const detail = '`selector` does not match template `labels`';
  return [invalid(`${path}.metadata.labels`, shownLabels(labels), detail)];
}

/** immutableSelector keeps the selector of a workload as it was made. */
export function immutableSelector(
  selector: LabelSelector | undefined,
  old: LabelSelector | undefined,
): FieldError[] {
  if (deepEqual(selector, old)) return [];
  return [invalid('spec.selector', shownSelector(selector), 'field is immutable')];
}
