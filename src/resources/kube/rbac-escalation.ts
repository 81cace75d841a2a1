import type {
  AggregationRule,
  PolicyRule,
  RoleRef,
  Subject,
} from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import { CLUSTER_ROLES, ROLES } from '../../apis/resource-types.ts';
import { compact, ruleText, uncovered } from '../../apiserver/access/rule-coverage.ts';
import type { AuthorizationAttributes } from '../../apiserver/contracts.ts';
import type { RequestContext } from '../../apiserver/resource-definition.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import { isNotFound, newForbidden, newNotFound } from '../../machinery/status-error.ts';
import type { KubeDeps } from './deps.ts';

const GROUP = 'rbac.authorization.k8s.io';
const MASTERS = 'system:masters';
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

interface Target {
  /** `roles`, `clusterroles`, `rolebindings` or `clusterrolebindings`. */
  readonly resource: string;
  readonly name: string;
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
      version: '*',
      resource,
      subresource: '',
      name,
    });
  }

  #missing(rules: readonly PolicyRule[], { user, namespace }: RequestContext) {
    const held = this.#deps.heldRules?.(user, namespace) ?? { rules: [], errors: [] };
    return { missing: uncovered(held.rules, rules), errors: held.errors };
  }

  #checkHeld(rules: readonly PolicyRule[], target: Target, context: RequestContext): void {
    const { missing, errors } = this.#missing(rules, context);
    if (missing.length === 0) return;
    const { name, groups } = context.user;
    const list = groups.map((one) => JSON.stringify(one)).join(' ');
    const texts = [...new Set(compact(missing).map(ruleText))].sort().join('\n');
    const problems = errors.length > 0 ? `; resolution errors: [${errors.join(' ')}]` : '';
    throw newForbidden(
      { group: GROUP, resource: target.resource },
      target.name,
      `user ${JSON.stringify(name)} (groups=[${list}]) is attempting to grant RBAC permissions not currently held:\n${texts}${problems}`,
    );
  }

  /** checkRole throws a 403 when the user may not write these rules; `before` is the role that was. */
  async checkRole(
    role: RoleParts,
    before: RoleParts | undefined,
    target: Target,
    context: RequestContext,
  ): Promise<void> {
    if (this.#isExempt(context)) return;
    const { aggregationRule } = role;
    const rules = role.rules ?? [];
    if (
      before &&
      deepEqual(rules, before.rules ?? []) &&
      deepEqual(aggregationRule, before.aggregationRule)
    )
      return;
    const name = before === undefined ? '' : target.name;
    if (await this.#may('escalate', { ...target, name }, context)) return;
    const aggregates = aggregationRule !== undefined || before?.aggregationRule !== undefined;
    if (aggregates && this.#missing(EVERYTHING, context).missing.length > 0) {
      throw newForbidden(
        { group: GROUP, resource: target.resource },
        target.name,
        'must have cluster-admin privileges to use the aggregationRule',
      );
    }
    this.#checkHeld(rules, target, context);
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
    this.#checkHeld(await this.#rulesOf(roleRef, target, context), target, context);
  }

  async #rulesOf(role: RoleRef, target: Target, context: RequestContext): Promise<PolicyRule[]> {
    const { client } = this.#deps;
    const { name } = role;
    const isRole = role.kind === 'Role';
    try {
      const found = isRole
        ? await client.get(ROLES, { namespace: context.namespace, name })
        : await client.get(CLUSTER_ROLES, { name });
      return found.rules ?? [];
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw newNotFound({ group: GROUP, resource: target.resource }, name, error);
    }
  }
}

/** RoleParts is what a role grants. */
export interface RoleParts {
  readonly rules?: PolicyRule[];
  readonly aggregationRule?: AggregationRule;
}

/** BindingParts is what a binding grants to whom. */
export interface BindingParts {
  readonly roleRef: RoleRef;
  readonly subjects?: Subject[];
}
