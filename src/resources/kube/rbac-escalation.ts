import type {
  PolicyRule,
  RoleRef,
  Subject,
} from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import { CLUSTER_ROLES, ROLES } from '../../apis/resource-types.ts';
import type { AuthorizationAttributes } from '../../apiserver/contracts.ts';
import type { RequestContext } from '../../apiserver/resource-definition.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import { isNotFound, newForbidden } from '../../machinery/status-error.ts';
import type { KubeDeps } from './deps.ts';

const GROUP = 'rbac.authorization.k8s.io';
const MASTERS = 'system:masters';

interface Target {
  /** `roles`, `clusterroles`, `rolebindings` or `clusterrolebindings`. */
  readonly resource: string;
  readonly name: string;
}

/**
 * The single permissions of a rule. A `*` stays one: only who holds a `*` themself is allowed it.
 */
function* permissionsOf(
  rule: PolicyRule,
): Iterable<Omit<AuthorizationAttributes, 'user' | 'namespace'>> {
  for (const verb of rule.verbs) {
    for (const path of rule.nonResourceURLs ?? [])
      yield { verb, path, group: '', version: '', resource: '', subresource: '', name: '' };
    for (const group of rule.apiGroups ?? [])
      for (const full of rule.resources ?? []) {
        const [resource = '', subresource = ''] = full.split('/');
        for (const name of rule.resourceNames?.length ? rule.resourceNames : [''])
          yield { verb, group, version: '*', resource, subresource, name };
      }
  }
}

function goList(name: string, list: readonly string[] | undefined): string[] {
  if (!list?.length) return [];
  return [`${name}:[${list.map((one) => JSON.stringify(one)).join(' ')}]`];
}

function ruleText(rule: PolicyRule): string {
  const parts = [
    ...goList('APIGroups', rule.apiGroups),
    ...goList('Resources', rule.resources),
    ...goList('ResourceNames', rule.resourceNames),
    ...goList('NonResourceURLs', rule.nonResourceURLs),
    ...goList('Verbs', rule.verbs),
  ];
  return `{${parts.join(', ').replaceAll('" "', '", "')}}`;
}

/**
 * EscalationGuard keeps users from granting what they do not have, as upstream's RBAC storage: a
 * role may be written by who holds all of it or may `escalate` it, and bound by who holds all of
 * it or may `bind` it.
 */
export class EscalationGuard {
  readonly #deps: KubeDeps;

  constructor(deps: KubeDeps) {
    this.#deps = deps;
  }

  async #allowed(
    context: RequestContext,
    attributes: Omit<AuthorizationAttributes, 'user' | 'namespace'>,
  ): Promise<boolean> {
    const { user, namespace } = context;
    const question = { ...attributes, user, namespace };
    return (await this.#deps.authorizer?.authorize(question))?.allowed ?? true;
  }

  #isExempt({ user }: RequestContext): boolean {
    return this.#deps.authorizer === undefined || user.groups.includes(MASTERS);
  }

  async #may(verb: string, target: Target, context: RequestContext): Promise<boolean> {
    const { resource, name } = target;
    return this.#allowed(context, {
      verb,
      group: GROUP,
      version: 'v1',
      resource,
      subresource: '',
      name,
    });
  }

  async #checkHeld(
    rules: readonly PolicyRule[],
    target: Target,
    context: RequestContext,
  ): Promise<void> {
    const missing: PolicyRule[] = [];
    for (const rule of rules) {
      for (const permission of permissionsOf(rule)) {
        if (await this.#allowed(context, permission)) continue;
        missing.push(rule);
        break;
      }
    }
    if (missing.length === 0) return;
    const { name, groups } = context.user;
    const list = groups.map((one) => JSON.stringify(one)).join(' ');
    const texts = missing.map(ruleText).join('\n');
    throw newForbidden(
      { group: GROUP, resource: target.resource },
      target.name,
      `user ${JSON.stringify(name)} (groups=[${list}]) is attempting to grant RBAC permissions not currently held:\n${texts}`,
    );
  }

  /** checkRole throws a 403 when the user may not write these rules. */
  async checkRole(
    rules: readonly PolicyRule[],
    before: readonly PolicyRule[],
    target: Target,
    context: RequestContext,
  ): Promise<void> {
    if (this.#isExempt(context) || deepEqual(rules, before)) return;
    if (await this.#may('escalate', target, context)) return;
    await this.#checkHeld(rules, target, context);
  }

  /** checkBinding throws a 403 when the user may not bind this role. */
  async checkBinding(
    binding: BindingParts,
    before: BindingParts | undefined,
    target: Target,
    context: RequestContext,
  ): Promise<void> {
    if (this.#isExempt(context)) return;
    const { roleRef, subjects } = binding;
    if (before && deepEqual(roleRef, before.roleRef) && deepEqual(subjects, before.subjects))
      return;
    const role = {
      resource: roleRef.kind === 'Role' ? 'roles' : 'clusterroles',
      name: roleRef.name,
    };
    if (await this.#may('bind', role, context)) return;
    await this.#checkHeld(await this.#rulesOf(roleRef, target, context), target, context);
  }

  async #rulesOf(role: RoleRef, target: Target, context: RequestContext): Promise<PolicyRule[]> {
    const { client } = this.#deps;
    const { name } = role;
    try {
      const found =
        role.kind === 'Role'
          ? await client.get(ROLES, { namespace: context.namespace, name })
          : await client.get(CLUSTER_ROLES, { name });
      return found.rules ?? [];
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const resource = { group: GROUP, resource: target.resource };
      throw newForbidden(resource, target.name, error.message);
    }
  }
}

/** BindingParts is what a binding grants to whom. */
export interface BindingParts {
  readonly roleRef: RoleRef;
  readonly subjects?: Subject[];
}
