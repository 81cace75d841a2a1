import type {
  FlowSchemaSpec,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  Subject,
} from '../../apis/flowcontrol.apiserver.k8s.io/v1/types.ts';
import type { RequestInfo } from '../request/request-info.ts';
import type { UserInfo } from '../resource-definition.ts';

const ALL = '*';

function includes(values: readonly string[] | undefined, value: string): boolean {
  return values !== undefined && (values[0] === ALL || values.includes(value));
}

function matchesSubject(subject: Subject, { name, groups }: UserInfo): boolean {
  const { user, group, serviceAccount } = subject;
  if (subject.kind === 'User') return user?.name === ALL || user?.name === name;
  if (subject.kind === 'Group') return group?.name === ALL || groups.includes(group?.name ?? '');
  if (!serviceAccount) return false;
  const prefix = `system:serviceaccount:${serviceAccount.namespace}:`;
  if (serviceAccount.name === ALL) return name.startsWith(prefix);
  return name === prefix + serviceAccount.name;
}

function matchesResource(rule: ResourcePolicyRule, info: RequestInfo): boolean {
  const { resource, subresource, namespace } = info;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  if (!includes(rule.verbs, info.verb) || !includes(rule.apiGroups, info.group)) return false;
  if (!includes(rule.resources, full)) return false;
  return namespace === '' ? rule.clusterScope === true : includes(rule.namespaces, namespace);
}

function matchesPath(rule: NonResourcePolicyRule, info: RequestInfo): boolean {
  if (!includes(rule.verbs, info.verb)) return false;
  return (rule.nonResourceURLs ?? []).some(
    (url) =>
      url === ALL ||
      url === info.path ||
      (url.endsWith('/*') && info.path.startsWith(url.slice(0, -1))),
  );
}

function matchesRule(rule: PolicyRulesWithSubjects, user: UserInfo, info: RequestInfo): boolean {
  if (!rule.subjects.some((one) => matchesSubject(one, user))) return false;
  if (info.isResource) return (rule.resourceRules ?? []).some((one) => matchesResource(one, info));
  return (rule.nonResourceRules ?? []).some((one) => matchesPath(one, info));
}

/** mayMatchUser tells whether a flow schema is about any requests of a user. */
export function mayMatchUser(spec: FlowSchemaSpec, user: UserInfo): boolean {
  return (spec.rules ?? []).some(({ subjects }) =>
    subjects.some((one) => matchesSubject(one, user)),
  );
}

/** matchesFlowSchema tells whether a flow schema is about a request. */
export function matchesFlowSchema(
  spec: FlowSchemaSpec,
  user: UserInfo,
  info: RequestInfo,
): boolean {
  return (spec.rules ?? []).some((rule) => matchesRule(rule, user, info));
}

/** distinguisherOf is what tells the flows of one schema apart. */
export function distinguisherOf(spec: FlowSchemaSpec, user: UserInfo, info: RequestInfo): string {
  const method = spec.distinguisherMethod?.type;
  if (method === 'ByUser') return user.name;
  return method === 'ByNamespace' ? info.namespace : '';
}
