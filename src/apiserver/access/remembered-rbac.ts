import type { AuthorizationDecision } from '../contracts.ts';
import type { UserInfo } from '../resource-definition.ts';
import { type AccessAttributes, AllowedBy, type RoleSource, rbacDecides } from './rbac.ts';

/** MAX_QUESTIONS is how many questions are remembered of one user. */
const MAX_QUESTIONS = 256;

interface Remembered {
  readonly revision: number;
  readonly allowed: Map<string, AuthorizationDecision>;
}

function questionOf(attributes: AccessAttributes): string {
  const { verb, group, resource, subresource, namespace, path = '' } = attributes;
  return `${verb} ${group}/${resource}/${subresource} ${namespace} ${path}`;
}

/**
 * newRememberedRbac decides as rbacDecides does, and remembers what was allowed whatever the name
 * of the object: a client asks the same again and again. `revision` grows with every change of a
 * role or a binding. The user of a connection or a token is one object for a while.
 */
export function newRememberedRbac(
  source: RoleSource,
  revision: () => number,
): (attributes: AccessAttributes) => AuthorizationDecision {
  const users = new WeakMap<UserInfo, Remembered>();
  return (attributes) => {
    const { user } = attributes;
    const now = revision();
    let known = users.get(user);
    if (known?.revision !== now) {
      known = { revision: now, allowed: new Map() };
      users.set(user, known);
    }
    const { allowed } = known;
    const question = questionOf(attributes);
    const before = allowed.get(question);
    if (before) return before;
    const decision = rbacDecides(source, attributes);
    if (decision instanceof AllowedBy && decision.isForAllNames) {
      if (allowed.size >= MAX_QUESTIONS) allowed.clear();
      allowed.set(question, decision);
    }
    return decision;
  };
}
