import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  RoleRef,
  Subject,
} from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import type { UserInfo } from '../resource-definition.ts';

/** AccessAttributes is one question: may this user do this. */
export interface AccessAttributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Empty for cluster-scoped resources and for all namespaces. */
  readonly namespace: string;
  /** Present for a request that is not to a resource, such as `/version`. */
  readonly path?: string | undefined;
}

/** RoleSource is where the authorizer reads roles and bindings: a cache, never a request. */
export interface RoleSource {
  clusterRole(name: string): ClusterRole | undefined;
  role(namespace: string, name: string): Role | undefined;
  clusterRoleBindings(): readonly ClusterRoleBinding[];
  roleBindings(namespace: string): readonly RoleBinding[];
}

const includes = (list: readonly string[] | undefined, value: string) =>
  list?.some((one) => one === '*' || one === value) ?? false;

function matchesResource(rule: PolicyRule, attributes: AccessAttributes): boolean {
  const { resource, subresource } = attributes;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  return (rule.resources ?? []).some(
    (one) => one === '*' || one === full || (subresource !== '' && one === `*/${subresource}`),
  );
}

function matchesPath(rule: PolicyRule, path: string): boolean {
  return (rule.nonResourceURLs ?? []).some(
    (one) =>
      one === '*' || one === path || (one.endsWith('*') && path.startsWith(one.slice(0, -1))),
  );
}

/** ruleAllows tells whether one policy rule covers a request (k8s rbac/v1 evaluation). */
export function ruleAllows(rule: PolicyRule, attributes: AccessAttributes): boolean {
  if (!includes(rule.verbs, attributes.verb)) return false;
  if (attributes.path !== undefined) return matchesPath(rule, attributes.path);
  const names = rule.resourceNames ?? [];
  return (
    includes(rule.apiGroups, attributes.group) &&
    matchesResource(rule, attributes) &&
    (names.length === 0 || names.includes(attributes.name))
  );
}

function subjectIs(subject: Subject, user: UserInfo, bindingNamespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.name;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount': {
      const namespace = subject.namespace || bindingNamespace;
      return user.name === `system:serviceaccount:${namespace}:${subject.name}`;
    }
    default:
      return false;
  }
}

function rulesOf(source: RoleSource, ref: RoleRef, namespace: string): readonly PolicyRule[] {
  const role =
    ref.kind === 'ClusterRole' ? source.clusterRole(ref.name) : source.role(namespace, ref.name);
  return role?.rules ?? [];
}

/** rulesFor answers every rule that a user has in a namespace (cluster-wide ones included). */
export function* rulesFor(
  source: RoleSource,
  user: UserInfo,
  namespace: string,
): Generator<PolicyRule> {
  for (const binding of source.clusterRoleBindings()) {
    if (binding.subjects?.some((one) => subjectIs(one, user, ''))) {
      yield* rulesOf(source, binding.roleRef, '');
    }
  }
  if (namespace === '') return;
  for (const binding of source.roleBindings(namespace)) {
    if (binding.subjects?.some((one) => subjectIs(one, user, namespace))) {
      yield* rulesOf(source, binding.roleRef, namespace);
    }
  }
}

/** rbacAllows decides one request by the roles bound to its user; `system:masters` may everything. */
export function rbacAllows(source: RoleSource, attributes: AccessAttributes): boolean {
  if (attributes.user.groups.includes('system:masters')) return true;
  for (const rule of rulesFor(source, attributes.user, attributes.namespace)) {
    if (ruleAllows(rule, attributes)) return true;
  }
  return false;
}
