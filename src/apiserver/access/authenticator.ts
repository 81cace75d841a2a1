import type { RequestFacts } from '../contracts.ts';
import type { UserInfo } from '../resource-definition.ts';
import { ANONYMOUS, withAuthenticatedGroup } from './authenticated-group.ts';
import { type CertificateTrust, userOfCertificate } from './client-certificate.ts';
import { headerValues } from './header-values.ts';
import type { RequestHeaderCheck } from './request-header.ts';

/** AuthenticatorOptions are the ways to show who one is. */
export interface AuthenticatorOptions {
  /** The authorities of client certificates; absent: none is accepted. */
  readonly clients?: CertificateTrust;
  /** Proxies that name the user in headers. */
  readonly requestHeader?: RequestHeaderCheck;
  /** Asked with a bearer token; undefined: it is no good one. */
  userOfToken(token: string): Promise<UserInfo | undefined>;
  /** Tells whether a request to a path is served without credentials; else 401. Default: always. */
  anonymous?(path: string): boolean;
  now(): Date;
}

function bearerToken(header: string): string {
  const [scheme, token] = header.trim().split(' ');
  return scheme?.toLowerCase() === 'bearer' && token ? token : '';
}

/**
 * newAuthenticator tries the headers of a trusted proxy, the client certificate, then the bearer
 * token, as kube-apiserver does; who shows none of them is `system:anonymous`. Credentials of which
 * none is good answer undefined: 401.
 */
export function newAuthenticator(options: AuthenticatorOptions) {
  const byConnection = (facts: RequestFacts): UserInfo | undefined | 'wrong' => {
    const { peerCertificate } = facts;
    if (!peerCertificate) return facts.certificateRefused ? 'wrong' : undefined;
    const now = options.now();
    const named = options.requestHeader?.(facts, now);
    if (named && named !== 'wrong') return named;
    if (!options.clients?.trusts(peerCertificate, now)) return 'wrong';
    return userOfCertificate(peerCertificate);
  };
  return {
    async authenticate(facts: RequestFacts): Promise<UserInfo | undefined> {
      const user = byConnection(facts);
      if (user && user !== 'wrong') return withAuthenticatedGroup(user);
      const token = bearerToken(headerValues(facts.headers, 'authorization')[0] ?? '');
      if (token !== '') {
        const found = await options.userOfToken(token);
        return found && withAuthenticatedGroup(found);
      }
      const isServed = user !== 'wrong' && (options.anonymous?.(facts.path) ?? true);
      return isServed ? ANONYMOUS : undefined;
    },
  };
}
