import type { MatchResources } from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { AdmissionRequest, Authorizer } from '../../apiserver/contracts.ts';
import type { ConditionMetrics, PolicyMetrics } from '../../apiserver/metrics/admission-metrics.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { isExempt, isNamespaces, namespaceOf } from '../matching/attributes.ts';
import { type MatchParts, matchRequest } from '../matching/matcher.ts';
import type { Definitions } from '../matching/versions.ts';
import type { ParamParts } from './params.ts';
import { NO_MATCH } from './policies.ts';

/** PolicyParts is what the plugins for policies need. */
export interface PolicyParts extends MatchParts {
  readonly definitions: Definitions;
  readonly authorizer: Authorizer;
  readonly params: ParamParts;
  readonly policyMetrics: PolicyMetrics;
  readonly conditionMetrics: ConditionMetrics;
}

/** The resources that are questions and not objects: no policy sees them. */
const VIRTUAL: ReadonlySet<string> = new Set([
  'authentication.k8s.io/tokenreviews',
  'authentication.k8s.io/selfsubjectreviews',
  'authorization.k8s.io/subjectaccessreviews',
  'authorization.k8s.io/localsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
]);

/** isOutsidePolicies tells whether policies are not for a request, whatever they say. */
export function isOutsidePolicies(request: AdmissionRequest): boolean {
  const { group, resource } = request.type;
  return isExempt(request) || VIRTUAL.has(`${group}/${resource}`);
}

/** policyMatches answers the type under which a policy is for a request, if it is. */
export function policyMatches(
  policy: { readonly spec?: { readonly matchConstraints?: MatchResources } },
  request: AdmissionRequest,
  parts: PolicyParts,
): ResourceType | undefined {
  const match = policy.spec?.matchConstraints ?? NO_MATCH;
  const rules = { rules: match.resourceRules ?? [], exclude: match.excludeResourceRules };
  return matchRequest(match, { ...rules, emptyMatchesAll: true }, { request, parts });
}

/** bindingMatches tells whether a binding applies its policy to a request. */
export function bindingMatches(
  { spec }: { readonly spec?: { readonly matchResources?: MatchResources } },
  request: AdmissionRequest,
  parts: PolicyParts,
): boolean {
  const match = spec?.matchResources;
  if (!match) return true;
  const rules = { rules: match.resourceRules ?? [], exclude: match.excludeResourceRules };
  return matchRequest(match, { ...rules, emptyMatchesAll: true }, { request, parts }) !== undefined;
}

/** namespaceObjectOf is the namespace that expressions see; none for what is in none. */
export function namespaceObjectOf(
  request: AdmissionRequest,
  parts: PolicyParts,
): KubeObject | undefined {
  const name = isNamespaces(request.type) ? '' : namespaceOf(request);
  return name === '' ? undefined : parts.namespace(name);
}
