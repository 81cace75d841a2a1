import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from '../contracts.ts';
import type { AuthorizationMetrics } from '../metrics/authorization-metrics.ts';

/** ChainLink is one authorizer of several; one without an opinion answers undefined, or not allowed. */
export interface ChainLink {
  readonly type: string;
  readonly name: string;
  authorize(
    attributes: AuthorizationAttributes,
  ): AuthorizationDecision | undefined | Promise<AuthorizationDecision>;
}

const ALLOW: AuthorizationDecision = { allowed: true };

/** What those said that had no opinion. */
interface Said {
  readonly reasons: string[];
  readonly errors: string[];
}

function undecided({ reasons, errors }: Said): AuthorizationDecision {
  const unique = [...new Set(errors)];
  const error = unique.length === 1 ? unique.join('') : `[${unique.join(', ')}]`;
  return {
    allowed: false,
    ...(reasons.length > 0 && { reason: reasons.join('\n') }),
    ...(errors.length > 0 && { error }),
  };
}

/**
 * newAuthorizerChain asks one authorizer after the other until one allows or denies; `system:masters`
 * may everything (upstream's union authorizer). Without webhooks it answers at once.
 */
export function newAuthorizerChain(
  links: () => readonly ChainLink[],
  { decisions }: Pick<AuthorizationMetrics, 'decisions'>,
): Authorizer {
  /** What a link said, where it ends the search. */
  const ends = ({ type, name }: ChainLink, decision: AuthorizationDecision, said: Said) => {
    if (decision.allowed || decision.denied) {
      decisions.with(type, name, decision.allowed ? 'allowed' : 'denied').inc();
      return true;
    }
    if (decision.error !== undefined) said.errors.push(decision.error);
    if (decision.reason) said.reasons.push(decision.reason);
    return false;
  };
  const wait = async (
    attributes: AuthorizationAttributes,
    all: readonly ChainLink[],
    said: Said,
  ): Promise<AuthorizationDecision> => {
    for (const link of all) {
      const decision = await link.authorize(attributes);
      if (decision && ends(link, decision, said)) return decision;
    }
    return undecided(said);
  };
  return {
    authorize(attributes) {
      if (attributes.user.groups.includes('system:masters')) return ALLOW;
      const all = links();
      const said: Said = { reasons: [], errors: [] };
      for (const [index, link] of all.entries()) {
        const decision = link.authorize(attributes);
        if (decision instanceof Promise) {
          const { type, name } = link;
          const known = { type, name, authorize: () => decision };
          return wait(attributes, [known, ...all.slice(index + 1)], said);
        }
        if (decision && ends(link, decision, said)) return decision;
      }
      return undecided(said);
    },
  };
}
