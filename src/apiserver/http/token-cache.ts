import type { Authenticator, RequestFacts } from '../contracts.ts';
import type { TokenCacheMetrics } from '../metrics/token-cache-metrics.ts';
import type { UserInfo } from '../resource-definition.ts';

/** TOKEN_CACHE_MS is how long a good token is not looked at again (as in Kubernetes). */
const TOKEN_CACHE_MS = 10_000;

const MAX_ENTRIES = 4096;

interface Known {
  readonly user: UserInfo;
  readonly until: number;
}

function tokenOf(facts: RequestFacts): string | undefined {
  if (facts.peerCertificate) return undefined;
  const { authorization } = facts.headers;
  return typeof authorization === 'string' ? authorization : undefined;
}

/** TokenCacheOptions: `now` is the time in milliseconds. */
export interface TokenCacheOptions {
  readonly metrics: TokenCacheMetrics;
  readonly keepMs?: number;
  now(): number;
}

/**
 * cachingAuthenticator remembers for a while whose a token is: checking a signature costs more
 * than all the rest of a request. A token that was refused is looked at again every time.
 */
export function cachingAuthenticator(
  authenticator: Authenticator,
  { metrics, now, keepMs = TOKEN_CACHE_MS }: TokenCacheOptions,
): Authenticator {
  const known = new Map<string, Known>();
  const find = async (facts: RequestFacts) => {
    const startedAt = performance.now();
    metrics.miss.count.inc();
    metrics.inFlight.inc();
    let user: UserInfo | undefined;
    try {
      user = await authenticator.authenticate(facts);
      return user;
    } finally {
      (user ? metrics.ok : metrics.failed).inc();
      metrics.inFlight.dec();
      metrics.miss.duration.observe((performance.now() - startedAt) / 1000);
    }
  };
  const ask = async (token: string, facts: RequestFacts) => {
    const user = await find(facts);
    if (!user) return undefined;
    if (known.size >= MAX_ENTRIES) known.clear();
    known.set(token, { user, until: now() + keepMs });
    return user;
  };
  return {
    authenticate(facts) {
      const token = tokenOf(facts);
      if (token === undefined) return authenticator.authenticate(facts);
      const entry = known.get(token);
      if (entry && entry.until > now()) {
        metrics.hit.count.inc();
        metrics.hit.duration.observe(0);
        return entry.user;
      }
      known.delete(token);
      return ask(token, facts);
    },
  };
}
