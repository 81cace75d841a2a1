import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { dnsLabelErrors, labelKeyErrors } from '../../../machinery/names.ts';
import { validateLabelSelector } from './label-selector-validation.ts';
import { validateNodeSelector, validateNodeSelectorTerm } from './node-selector-validation.ts';
import type {
  NodeAffinity,
  PodAffinity,
  PodAffinityTerm,
  PodSpec,
  TopologySpreadConstraint,
} from './types.ts';
import { texts } from './validation-rules.ts';

function weightErrors(path: string, weight: number): FieldError[] {
  return weight >= 1 && weight <= 100
    ? []
    : [invalid(`${path}.weight`, weight, 'must be in the range 1-100')];
}

function nodeAffinityErrors(affinity: NodeAffinity, path: string): FieldError[] {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  const at = `${path}.requiredDuringSchedulingIgnoredDuringExecution`;
  const errors = required ? validateNodeSelector(required, at) : [];
  const wishes = affinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  for (const [index, { weight, preference }] of wishes.entries()) {
    const one = indexPath(`${path}.preferredDuringSchedulingIgnoredDuringExecution`, index);
    errors.push(
      ...weightErrors(one, weight),
      ...validateNodeSelectorTerm(preference, `${one}.preference`, 'any values'),
    );
  }
  return errors;
}

/** Keys of labels that a pod and its neighbours must share, or must not. */
function matchKeyErrors(term: PodAffinityTerm, path: string): FieldError[] {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  const errors: FieldError[] = [];
  for (const [index, key] of matchLabelKeys.entries()) {
    if (!mismatchLabelKeys.includes(key)) continue;
    const at = indexPath(`${path}.matchLabelKeys`, index);
    errors.push(invalid(at, key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  }
  for (const field of ['matchLabelKeys', 'mismatchLabelKeys'] as const) {
    const keys = term[field] ?? [];
    if (keys.length === 0) continue;
    const list = `${path}.${field}`;
    if (labelSelector === undefined) {
      errors.push(forbidden(list, 'must not be specified when labelSelector is not set'));
      continue;
    }
    for (const [index, key] of keys.entries())
      errors.push(...texts(indexPath(list, index), key, labelKeyErrors(key)));
  }
  return errors;
}

function termErrors(term: PodAffinityTerm, path: string): FieldError[] {
  const { topologyKey = '', labelSelector, namespaceSelector, namespaces = [] } = term;
  const errors = [
    ...validateLabelSelector(labelSelector, `${path}.labelSelector`),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
    ...namespaces.flatMap((name) => texts(`${path}.namespace`, name, dnsLabelErrors(name))),
    ...matchKeyErrors(term, path),
  ];
  if (topologyKey === '') errors.push(required(`${path}.topologyKey`, 'can not be empty'));
  return [...errors, ...texts(`${path}.topologyKey`, topologyKey, labelKeyErrors(topologyKey))];
}

function podAffinityErrors(affinity: PodAffinity | undefined, path: string): FieldError[] {
  const terms = affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const wishes = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const [must, may] = [
    `${path}.requiredDuringSchedulingIgnoredDuringExecution`,
    `${path}.preferredDuringSchedulingIgnoredDuringExecution`,
  ];
  return [
    ...terms.flatMap((term, index) => termErrors(term, indexPath(must, index))),
    ...wishes.flatMap(({ weight, podAffinityTerm }, index) => [
      ...weightErrors(indexPath(may, index), weight),
      ...termErrors(podAffinityTerm, `${indexPath(may, index)}.podAffinityTerm`),
    ]),
  ];
}

/** validateAffinity checks to which nodes and beside which pods a pod wants to be. */
export function validateAffinity({ affinity }: PodSpec, path: string): FieldError[] {
  if (affinity === undefined) return [];
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  return [
    ...(nodeAffinity ? nodeAffinityErrors(nodeAffinity, `${path}.affinity.nodeAffinity`) : []),
    ...podAffinityErrors(podAffinity, `${path}.affinity.podAffinity`),
    ...podAffinityErrors(podAntiAffinity, `${path}.affinity.podAntiAffinity`),
  ];
}

const WHEN = ['DoNotSchedule', 'ScheduleAnyway'];
const INCLUSION = ['Honor', 'Ignore'];

function spreadErrors(
  constraint: TopologySpreadConstraint,
  path: string,
  later: readonly TopologySpreadConstraint[],
): FieldError[] {
  const { maxSkew, topologyKey = '', whenUnsatisfiable: when = '', minDomains } = constraint;
  const errors: FieldError[] = [];
  if (maxSkew <= 0) errors.push(invalid(`${path}.maxSkew`, maxSkew, 'must be greater than zero'));
  if (topologyKey === '') errors.push(required(`${path}.topologyKey`, 'can not be empty'));
  if (!WHEN.includes(when)) errors.push(notSupported(`${path}.whenUnsatisfiable`, when, WHEN));
  const same = later.some(
    (one) => one.topologyKey === topologyKey && one.whenUnsatisfiable === when,
  );
  if (same)
    errors.push(duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${when}}`));
  if (minDomains !== undefined && minDomains <= 0)
    errors.push(invalid(`${path}.minDomains`, minDomains, 'must be greater than zero'));
  if (minDomains !== undefined && when !== 'DoNotSchedule') {
    const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${when}`;
    errors.push(invalid(`${path}.minDomains`, minDomains, detail));
  }
  for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    const value = constraint[field];
    if (value !== undefined && !INCLUSION.includes(value))
      errors.push(notSupported(`${path}.${field}`, value, INCLUSION));
  }
  const { labelSelector, matchLabelKeys = [] } = constraint;
  const keys = `${path}.matchLabelKeys`;
  if (matchLabelKeys.length > 0 && labelSelector === undefined) {
    errors.push(forbidden(keys, 'must not be specified when labelSelector is not set'));
  } else {
    for (const [index, key] of matchLabelKeys.entries())
      errors.push(...texts(indexPath(keys, index), key, labelKeyErrors(key)));
  }
  return [...errors, ...validateLabelSelector(labelSelector, `${path}.labelSelector`)];
}

/** validateSpread checks how evenly pods are to be spread. */
export function validateSpread(
  { topologySpreadConstraints: list = [] }: PodSpec,
  path: string,
): FieldError[] {
  return list.flatMap((one, index) =>
    spreadErrors(one, indexPath(`${path}.topologySpreadConstraints`, index), list.slice(index + 1)),
  );
}
