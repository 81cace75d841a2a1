import type { NamedRuleWithOperations } from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { Namespace } from '../../apis/core/v1/types.ts';
import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import {
  type Labels,
  matchesLabels,
  type Selector,
  selectorOfObject,
} from '../../machinery/labels.ts';
import type { LabelSelector } from '../../machinery/meta/v1.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { newNotFound, type StatusError } from '../../machinery/status-error.ts';
import { isNamespaces, namespaceOf } from './attributes.ts';
import { ruleMatches } from './rules.ts';

/** MatchParts is what matching needs of the server. */
export interface MatchParts {
  /** Answers a namespace as the server knows it now. */
  namespace(name: string): Namespace | undefined;
  /** Answers the other API versions of a resource, in the order in which they are served. */
  equivalents(type: ResourceType): readonly ResourceType[];
}

/** Criteria are what a webhook or a policy says of the requests that it is for. */
export interface Criteria {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly matchPolicy?: string;
}

const selectors = new WeakMap<LabelSelector, Selector>();

function selectorOf(selector: LabelSelector): Selector {
  const known = selectors.get(selector);
  if (known) return known;
  const made = selectorOfObject(selector);
  selectors.set(selector, made);
  return made;
}

function isEmpty(selector: LabelSelector | undefined): boolean {
  if (!selector) return true;
  const { matchLabels, matchExpressions } = selector;
  return !matchExpressions?.length && Object.keys(matchLabels ?? {}).length === 0;
}

type NamespaceMatch = boolean | StatusError;

/** Whether the namespace is selected; an error is answered if it does not exist. */
function namespaceMatches(
  selector: LabelSelector | undefined,
  request: AdmissionRequest,
  parts: MatchParts,
): NamespaceMatch {
  if (!selector || isEmpty(selector)) return true;
  const { type, operation, subresource, object } = request;
  const name = namespaceOf(request);
  if (name === '' && !isNamespaces(type)) return true;
  let labels: Labels | undefined;
  if (isNamespaces(type) && subresource === '' && /^(?:CREATE|UPDATE)$/.test(operation))
    labels = object?.metadata.labels;
  else {
    const namespace = parts.namespace(name);
    if (!namespace) return newNotFound({ group: '', resource: 'namespaces' }, name);
    labels = namespace.metadata.labels;
  }
  return matchesLabels(selectorOf(selector), labels);
}

function objectMatches(selector: LabelSelector | undefined, request: AdmissionRequest): boolean {
  if (!selector || isEmpty(selector)) return true;
  const parsed = selectorOf(selector);
  const matches = (object: KubeObject | undefined) =>
    object?.metadata !== undefined && matchesLabels(parsed, object.metadata.labels);
  return matches(request.object) || matches(request.old);
}

/** matchesSelectors tells whether namespace and object of a request are selected. */
function matchesSelectors(criteria: Criteria, request: AdmissionRequest, parts: MatchParts) {
  const namespace = namespaceMatches(criteria.namespaceSelector, request, parts);
  return {
    namespace,
    matches: namespace !== false && objectMatches(criteria.objectSelector, request),
  };
}

function nameMatches({ resourceNames = [] }: NamedRuleWithOperations, name: string): boolean {
  return resourceNames.length === 0 || resourceNames.includes(name);
}

/** The type under which one of the rules is for a request; its own comes before equivalent ones. */
function matchRules(
  rules: readonly NamedRuleWithOperations[],
  criteria: Criteria,
  { request, parts }: { readonly request: AdmissionRequest; readonly parts: MatchParts },
): ResourceType | undefined {
  const applies = (rule: NamedRuleWithOperations, type?: ResourceType) =>
    ruleMatches(rule, request, type) && nameMatches(rule, request.name);
  if (rules.some((rule) => applies(rule))) return request.type;
  if (criteria.matchPolicy !== 'Equivalent') return undefined;
  const equivalents = parts.equivalents(request.type);
  for (const rule of rules) {
    const found = equivalents.find((type) => applies(rule, type));
    if (found) return found;
  }
  return undefined;
}

/** MatchRules are the rules that a webhook or policy is for, and those that it is not for. */
export interface MatchRules {
  readonly rules: readonly NamedRuleWithOperations[];
  readonly exclude?: readonly NamedRuleWithOperations[] | undefined;
  /** True where no rules at all mean every request: the bindings of policies. */
  readonly emptyMatchesAll?: boolean;
}

/**
 * matchRequest answers the type under which criteria and rules are for a request: its own or an
 * equivalent one; undefined when they are not. Throws when its namespace does not exist.
 */
export function matchRequest(
  criteria: Criteria,
  { rules, exclude = [], emptyMatchesAll }: MatchRules,
  about: { readonly request: AdmissionRequest; readonly parts: MatchParts },
): ResourceType | undefined {
  const { request, parts } = about;
  const { namespace, matches } = matchesSelectors(criteria, request, parts);
  if (!matches) return undefined;
  if (exclude.length > 0 && matchRules(exclude, criteria, about)) return undefined;
  const found =
    emptyMatchesAll && rules.length === 0 ? request.type : matchRules(rules, criteria, about);
  if (found && typeof namespace !== 'boolean') throw namespace;
  return found;
}
