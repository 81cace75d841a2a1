import { deepEqual } from '../../../machinery/deep-equal.ts';
import {
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { dnsSubdomainErrors, pathSegmentErrors } from '../../../machinery/names.ts';
import { validateLabelSelector } from '../../core/v1/label-selector-validation.ts';
import { texts } from '../../core/v1/validation-rules.ts';
import type { ClusterRole, PolicyRule, Role, RoleRef, Subject } from './types.ts';

const GROUP = 'rbac.authorization.k8s.io';

function ruleErrors(rule: PolicyRule, path: string, namespaced: boolean): FieldError[] {
  const { verbs = [], nonResourceURLs = [], apiGroups = [], resources = [] } = rule;
  const errors: FieldError[] = [];
  if (verbs.length === 0)
    errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    const at = `${path}.nonResourceURLs`;
    if (namespaced) {
      const detail = 'namespaced rules cannot apply to non-resource URLs';
      errors.push(invalid(at, nonResourceURLs, detail));
    }
    if (apiGroups.length + resources.length + (rule.resourceNames ?? []).length > 0) {
      const detail = 'rules cannot apply to both regular resources and non-resource URLs';
      errors.push(invalid(at, nonResourceURLs, detail));
    }
    return errors;
  }
  if (apiGroups.length === 0)
    errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  if (resources.length === 0)
    errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}

/** validateRole checks the rules of a role. */
export function validateRole(role: Role): FieldError[] {
  return (role.rules ?? []).flatMap((rule, index) =>
    ruleErrors(rule, indexPath('rules', index), true),
  );
}

/** validateClusterRole checks the rules of a cluster role. */
export function validateClusterRole(role: ClusterRole): FieldError[] {
  const errors = (role.rules ?? []).flatMap((rule, index) =>
    ruleErrors(rule, indexPath('rules', index), false),
  );
  if (role.aggregationRule && !role.aggregationRule.clusterRoleSelectors?.length) {
    const detail = 'at least one clusterRoleSelector required if aggregationRule is non-nil';
    errors.push(required('aggregationRule.clusterRoleSelectors', detail));
  }
  for (const [index, selector] of (role.aggregationRule?.clusterRoleSelectors ?? []).entries()) {
    const path = indexPath('aggregationRule.clusterRoleSelectors', index);
    const wrong = validateLabelSelector(selector, path);
    errors.push(...wrong);
    if (wrong.length > 0) errors.push(invalid(path, null, 'invalid label selector.'));
  }
  return errors;
}

function subjectErrors(subject: Subject, path: string, namespaced: boolean): FieldError[] {
  const { kind, name = '', apiGroup = '', namespace = '' } = subject;
  const errors: FieldError[] = name === '' ? [required(`${path}.name`)] : [];
  if (kind === 'ServiceAccount') {
    if (name !== '') errors.push(...texts(`${path}.name`, name, dnsSubdomainErrors(name)));
    if (apiGroup !== '') errors.push(notSupported(`${path}.apiGroup`, apiGroup, ['']));
    if (!namespaced && namespace === '') errors.push(required(`${path}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== GROUP) errors.push(notSupported(`${path}.apiGroup`, apiGroup, [GROUP]));
  } else {
    errors.push(
      notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group'], 'as given'),
    );
  }
  return errors;
}

interface Binding {
  readonly roleRef: RoleRef;
  readonly subjects?: Subject[];
}

/** validateBinding checks the role and the subjects of a binding; `kinds` are the roles it may name. */
export function validateBinding(binding: Binding, kinds: readonly string[]): FieldError[] {
  const { apiGroup = '', kind = '', name = '' } = binding.roleRef ?? {};
  const errors: FieldError[] = [];
  if (apiGroup !== GROUP) errors.push(notSupported('roleRef.apiGroup', apiGroup, [GROUP]));
  if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds, 'as given'));
  if (name === '') errors.push(required('roleRef.name'));
  else errors.push(...texts('roleRef.name', name, pathSegmentErrors(name)));
  const namespaced = kinds.includes('Role');
  for (const [index, subject] of (binding.subjects ?? []).entries())
    errors.push(...subjectErrors(subject, indexPath('subjects', index), namespaced));
  return errors;
}

/** validateBindingUpdate keeps the role that a binding names. */
export function validateBindingUpdate(binding: Binding, old: Binding): FieldError[] {
  if (deepEqual(binding.roleRef, old.roleRef)) return [];
  const { apiGroup, kind, name } = binding.roleRef;
  const internal = { APIGroup: apiGroup, Kind: kind, Name: name };
  return [invalid('roleRef', internal, 'cannot change roleRef')];
}
