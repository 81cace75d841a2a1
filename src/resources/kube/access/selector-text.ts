import type {
  FieldSelectorAttributes,
  LabelSelectorAttributes,
} from '../../../apis/authorization.k8s.io/v1/types.ts';

/** Requirements are either kind of what a review says of a selector. */
type Requirement = NonNullable<
  (FieldSelectorAttributes | LabelSelectorAttributes)['requirements']
>[number];

const escaped = (value: string) => value.replace(/[\\,=]/g, '\\$&');

function fieldTerm({ key, operator, values = [] }: Requirement): string | undefined {
  const [value, ...more] = values;
  if (value === undefined || more.length > 0) return undefined;
  if (operator === 'In') return `${key}=${escaped(value)}`;
  return operator === 'NotIn' ? `${key}!=${escaped(value)}` : undefined;
}

function labelTerm({ key, operator, values = [] }: Requirement): string | undefined {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return undefined;
  }
}

function textOf(
  selector: FieldSelectorAttributes | LabelSelectorAttributes | undefined,
  termOf: (requirement: Requirement) => string | undefined,
): string {
  if (selector?.rawSelector) return selector.rawSelector;
  const terms = (selector?.requirements ?? []).map(termOf);
  return terms.filter((term) => term !== undefined).join(',');
}

/**
 * fieldSelectorText writes the field selector of a review as a request has it. Requirements that
 * such a text cannot state are left out, as upstream: the question gets wider.
 */
export function fieldSelectorText(selector: FieldSelectorAttributes | undefined): string {
  return textOf(selector, fieldTerm);
}

/** labelSelectorText does the same for labels. */
export function labelSelectorText(selector: LabelSelectorAttributes | undefined): string {
  return textOf(selector, labelTerm);
}
