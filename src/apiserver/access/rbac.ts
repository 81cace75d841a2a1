import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  RoleRef,
  Subject,
} from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import type { AuthorizationDecision } from '../contracts.ts';
import type { UserInfo } from '../resource-definition.ts';
import { serviceAccountUser } from './service-account-name.ts';

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
  /** The field selector of a list or watch, where it has one. */
  readonly fieldSelector?: string;
  /** Present for a request that is not to a resource, such as `/version`. */
  readonly path?: string | undefined;
}

/** RoleSource is where the authorizer reads roles and bindings: a cache, never a request. */
export interface RoleSource {
  clusterRole(name: string): ClusterRole | undefined;
  role(namespace: string, name: string): Role | undefined;
  /** The same array as long as nothing changed: what is found out about it is remembered. */
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

/** Bound is a binding by one of its subjects. */
interface Bound {
  readonly binding: ClusterRoleBinding | RoleBinding;
  readonly subject: Subject;
}

const indexes = new WeakMap<readonly ClusterRoleBinding[], ReadonlyMap<string, Bound[]>>();

/** subjectKey is the key under which a subject is found: users and service accounts by user name. */
function subjectKey(subject: Subject, bindingNamespace: string): string {
  const { kind, name, namespace } = subject;
  if (kind !== 'ServiceAccount') return `${kind}:${name}`;
  return `User:${serviceAccountUser(namespace || bindingNamespace, name)}`;
}

function indexOf(bindings: readonly ClusterRoleBinding[]): ReadonlyMap<string, Bound[]> {
  const known = indexes.get(bindings);
  if (known) return known;
  const index = new Map<string, Bound[]>();
  for (const binding of bindings) {
    for (const subject of binding.subjects ?? []) {
      const key = subjectKey(subject, '');
      const list = index.get(key);
      if (list) list.push({ binding, subject });
      else index.set(key, [{ binding, subject }]);
    }
  }
  indexes.set(bindings, index);
  return index;
}

function keysOf(user: UserInfo): string[] {
  return [`User:${user.name}`, ...user.groups.map((group) => `Group:${group}`)];
}

/** bindingsOf answers every binding that names a user or one of the user's groups. */
function* bindingsOf(source: RoleSource, user: UserInfo, namespace: string): Generator<Bound> {
  const keys = keysOf(user);
  const index = indexOf(source.clusterRoleBindings());
  for (const key of keys) yield* index.get(key) ?? [];
  if (namespace === '') return;
  for (const binding of source.roleBindings(namespace)) {
    const subject = binding.subjects?.find((one) => keys.includes(subjectKey(one, namespace)));
    if (subject) yield { binding, subject };
  }
}

function rulesOf(source: RoleSource, ref: RoleRef, namespace: string) {
  const role =
    ref.kind === 'ClusterRole' ? source.clusterRole(ref.name) : source.role(namespace, ref.name);
  return role && (role.rules ?? []);
}

function missingRole({ kind, name }: RoleRef): string {
  return `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`;
}

/** HeldRules are the rules of a user, and what kept others from being found. */
export interface HeldRules {
  readonly rules: readonly PolicyRule[];
  readonly errors: readonly string[];
}

/** rulesFor answers every rule that a user has in a namespace (cluster-wide ones included). */
export function rulesFor(source: RoleSource, user: UserInfo, namespace: string): HeldRules {
  const rules: PolicyRule[] = [];
  const errors: string[] = [];
  for (const { binding } of bindingsOf(source, user, namespace)) {
    const found = rulesOf(source, binding.roleRef, namespace);
    if (found) rules.push(...found);
    else errors.push(missingRole(binding.roleRef));
  }
  return { rules, errors };
}

function boundText({ binding, subject }: Bound): string {
  const { metadata, roleRef, kind } = binding;
  const own = metadata.namespace ?? '';
  const place = own === '' ? '' : `/${own}`;
  const owner =
    subject.kind === 'ServiceAccount'
      ? `${subject.name}/${subject.namespace || own}`
      : subject.name;
  const name = JSON.stringify(`${metadata.name}${place}`);
  const role = `${roleRef.kind} ${JSON.stringify(roleRef.name)}`;
  return `${kind} ${name} of ${role} to ${subject.kind} ${JSON.stringify(owner)}`;
}

/** AllowedBy is what a rule of a binding allows; the reason is worded when somebody asks for it. */
export class AllowedBy implements AuthorizationDecision {
  readonly allowed = true;
  /** True where the rule does not name objects. */
  readonly isForAllNames: boolean;
  readonly #bound: Bound;

  constructor(bound: Bound, rule: PolicyRule) {
    this.#bound = bound;
    this.isForAllNames = (rule.resourceNames ?? []).length === 0;
  }

  get reason(): string {
    return `RBAC: allowed by ${boundText(this.#bound)}`;
  }
}

function joined(errors: readonly string[]): string {
  const once = [...new Set(errors)];
  return once.length === 1 ? (once[0] ?? '') : `[${once.join(', ')}]`;
}

/**
 * rbacDecides decides one request by the roles bound to its user, with upstream's reasons;
 * `system:masters` may everything.
 */
export function rbacDecides(
  source: RoleSource,
  attributes: AccessAttributes,
): AuthorizationDecision {
  if (attributes.user.groups.includes('system:masters')) return { allowed: true };
  const errors: string[] = [];
  for (const bound of bindingsOf(source, attributes.user, attributes.namespace)) {
    const { roleRef } = bound.binding;
    const rules = rulesOf(source, roleRef, attributes.namespace);
    const rule = rules?.find((one) => ruleAllows(one, attributes));
    if (rule) return new AllowedBy(bound, rule);
    if (!rules) errors.push(missingRole(roleRef));
  }
  return errors.length === 0
    ? { allowed: false }
    : { allowed: false, reason: `RBAC: ${joined(errors)}` };
}
