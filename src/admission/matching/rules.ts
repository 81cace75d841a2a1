import type { RuleWithOperations } from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import type { ResourceType } from '../../machinery/object.ts';
import { isNamespaces, namespaceOf } from './attributes.ts';

function includes(values: readonly string[] | undefined, wanted: string): boolean {
  return values?.some((one) => one === '*' || one === wanted) ?? false;
}

function scopeMatches(scope: string | undefined, request: AdmissionRequest): boolean {
  if (scope === undefined || scope === '*') return true;
  const clusterScoped = isNamespaces(request.type) || namespaceOf(request) === '';
  return (scope === 'Cluster') === clusterScoped;
}

function resourceMatches(text: string, type: ResourceType, subresource: string): boolean {
  const [resource = '', wanted = ''] = text.split('/', 2);
  return (
    (resource === '*' || resource === type.resource) && (wanted === '*' || wanted === subresource)
  );
}

/** ruleMatches tells whether a rule is for a request, as if it were to a resource of another type. */
export function ruleMatches(
  rule: RuleWithOperations,
  request: AdmissionRequest,
  type: ResourceType = request.type,
): boolean {
  return (
    scopeMatches(rule.scope, request) &&
    includes(rule.operations, request.operation) &&
    includes(rule.apiGroups, type.group) &&
    includes(rule.apiVersions, type.version) &&
    (rule.resources ?? []).some((one) => resourceMatches(one, type, request.subresource))
  );
}
