import { type FieldError, forbidden, invalid, required } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { dnsSubdomainErrors, labelKeyErrors, labelValueErrors } from '../../../machinery/names.ts';
import { deprecatedNodeLabel } from './node-label-warnings.ts';
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from './types.ts';
import { texts } from './validation-rules.ts';

function valuesErrors({ operator, values = [] }: NodeSelectorRequirement, path: string) {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist': {
      const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      return values.length > 0 ? [forbidden(`${path}.values`, detail)] : [];
    }
    case 'Gt':
    case 'Lt': {
      const detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
      return values.length === 1 ? [] : [required(`${path}.values`, detail)];
    }
    default:
      return [invalid(`${path}.operator`, operator, 'not a valid selector operator')];
  }
}

/** ValuesRule: upstream does not look at the values of labels that are only preferred. */
type ValuesRule = 'label values' | 'any values';

function requirementErrors(
  one: NodeSelectorRequirement,
  path: string,
  rule: ValuesRule,
): FieldError[] {
  const values = rule === 'any values' ? [] : (one.values ?? []);
  return [
    ...valuesErrors(one, path),
    ...texts(`${path}.key`, one.key, labelKeyErrors(one.key)),
    ...values.flatMap((value, index) =>
      texts(indexPath(`${path}.values`, index), value, labelValueErrors(value)),
    ),
  ];
}

function fieldErrors({ key, operator, values = [] }: NodeSelectorRequirement, path: string) {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn')
    errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  else if (values.length !== 1) {
    const detail =
      "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(`${path}.values`, detail));
  }
  if (key !== 'metadata.name')
    return [...errors, invalid(`${path}.key`, key, 'not a valid field selector key')];
  return [
    ...errors,
    ...values.flatMap((value, index) =>
      texts(indexPath(`${path}.values`, index), value, dnsSubdomainErrors(value)),
    ),
  ];
}

/** validateNodeSelectorTerm checks one alternative of a selector of nodes. */
export function validateNodeSelectorTerm(
  term: NodeSelectorTerm,
  path: string,
  rule: ValuesRule = 'label values',
): FieldError[] {
  const { matchExpressions = [], matchFields = [] } = term;
  return [
    ...matchExpressions.flatMap((one, index) =>
      requirementErrors(one, indexPath(`${path}.matchExpressions`, index), rule),
    ),
    ...matchFields.flatMap((one, index) =>
      fieldErrors(one, indexPath(`${path}.matchFields`, index)),
    ),
  ];
}

/** validateNodeSelector checks a selector of nodes, which must have an alternative. */
export function validateNodeSelector(selector: NodeSelector, path: string): FieldError[] {
  const terms = selector.nodeSelectorTerms ?? [];
  const at = `${path}.nodeSelectorTerms`;
  if (terms.length === 0) return [required(at, 'must have at least one node selector term')];
  return terms.flatMap((term, index) => validateNodeSelectorTerm(term, indexPath(at, index)));
}

/** What is no value of a label, where that is not refused. */
function badValueWarnings(values: readonly string[], path: string): string[] {
  return values.flatMap((value, index) =>
    labelValueErrors(value).map(
      (text) => `${indexPath(path, index)}: ${value} is invalid, ${text}`,
    ),
  );
}

/** nodeSelectorTermWarnings names labels of nodes that are not used any more, and values that no label has. */
export function nodeSelectorTermWarnings(
  term: NodeSelectorTerm,
  path: string,
  rule: ValuesRule = 'label values',
): string[] {
  return (term.matchExpressions ?? []).flatMap(({ key, values = [] }, index) => {
    const at = indexPath(`${path}.matchExpressions`, index);
    const text = deprecatedNodeLabel(key);
    const bad = rule === 'label values' ? [] : badValueWarnings(values, `${at}.values`);
    return text === undefined ? bad : [`${at}.key: ${key} is ${text}`, ...bad];
  });
}
