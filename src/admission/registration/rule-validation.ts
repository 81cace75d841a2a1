import type {
  MatchResources,
  NamedRuleWithOperations,
  RuleWithOperations,
} from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import { validateLabelSelector } from '../../apis/core/v1/label-selector-validation.ts';
import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../machinery/field-error.ts';
import { childPath, indexPath } from '../../machinery/field-path.ts';
import { pathSegmentErrors } from '../../machinery/names.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];

/** MATCH_POLICIES are the values of `matchPolicy`. */
export const MATCH_POLICIES = ['Equivalent', 'Exact'];

function wildcardError(path: string, values: readonly string[], others: string): FieldError[] {
  if (values.length < 2 || !values.includes('*')) return [];
  return [invalid(path, values, `if '*' is present, must not specify other ${others}`)];
}

function resourceErrors(resources: readonly string[], path: string): FieldError[] {
  if (resources.length === 0) return [required(path)];
  const errors: FieldError[] = [];
  const anySubresource = new Set<string>();
  const anyResource = new Set<string>();
  let plainLast = false;
  for (const [index, text] of resources.entries()) {
    const place = indexPath(path, index);
    const slash = text.indexOf('/');
    if (text === '') errors.push(required(place));
    else if (slash < 0) plainLast = text !== '*';
    else {
      const [resource, sub] = [text.slice(0, slash), text.slice(slash + 1)];
      if (anySubresource.has(resource))
        errors.push(
          invalid(place, text, `if '${resource}/*' is present, must not specify ${text}`),
        );
      if (anyResource.has(sub))
        errors.push(invalid(place, text, `if '*/${sub}' is present, must not specify ${text}`));
      if (sub === '*') anySubresource.add(resource);
      if (resource === '*') anyResource.add(sub);
    }
  }
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && plainLast) {
    const text = "if '*' is present, must not specify other resources without subresources";
    errors.push(invalid(path, resources, text));
  }
  return errors;
}

/** ruleErrors checks one rule of a webhook or policy. */
export function ruleErrors(rule: RuleWithOperations, path: string): FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  const at = (name: string) => childPath(path, name);
  return [
    ...(operations.length === 0 ? [required(at('operations'))] : []),
    ...wildcardError(at('operations'), operations, 'operations'),
    ...operations.flatMap((one, index) =>
      OPERATIONS.includes(one)
        ? []
        : [notSupported(indexPath(at('operations'), index), one, OPERATIONS)],
    ),
    ...(apiGroups.length === 0 ? [required(at('apiGroups'))] : []),
    ...wildcardError(at('apiGroups'), apiGroups, 'API groups'),
    ...(apiVersions.length === 0 ? [required(at('apiVersions'))] : []),
    ...wildcardError(at('apiVersions'), apiVersions, 'API versions'),
    ...apiVersions.flatMap((one, index) =>
      one === '' ? [required(indexPath(at('apiVersions'), index))] : [],
    ),
    ...resourceErrors(resources, at('resources')),
    ...(scope === undefined || SCOPES.includes(scope)
      ? []
      : [notSupported(at('scope'), scope, SCOPES)]),
  ];
}

function namedRuleErrors(rule: NamedRuleWithOperations, path: string): FieldError[] {
  const names = rule.resourceNames ?? [];
  const errors = names.flatMap((name, index) => {
    const place = indexPath(childPath(path, 'resourceNames'), index);
    const own = pathSegmentErrors(name).map((text) => invalid(place, name, text));
    return names.indexOf(name) < index ? [...own, duplicate(place, name)] : own;
  });
  return [...errors, ...ruleErrors(rule, path)];
}

/** matchResourcesErrors checks what requests a policy or its binding is for. */
export function matchResourcesErrors(match: MatchResources, path: string): FieldError[] {
  const { matchPolicy, namespaceSelector, objectSelector } = match;
  const at = (name: string) => childPath(path, name);
  const errors: FieldError[] = [];
  if (matchPolicy === undefined) errors.push(required(at('matchPolicy')));
  else if (!MATCH_POLICIES.includes(matchPolicy))
    errors.push(notSupported(at('matchPolicy'), matchPolicy, MATCH_POLICIES));
  if (!namespaceSelector) errors.push(required(at('namespaceSelector')));
  else errors.push(...validateLabelSelector(namespaceSelector, at('namespaceSelector')));
  if (!objectSelector) errors.push(required(at('objectSelector')));
  else errors.push(...validateLabelSelector(objectSelector, at('objectSelector')));
  const rules = (name: 'resourceRules' | 'excludeResourceRules') =>
    (match[name] ?? []).flatMap((rule, index) => namedRuleErrors(rule, indexPath(at(name), index)));
  return [...errors, ...rules('resourceRules'), ...rules('excludeResourceRules')];
}
