import type { PeerCertificate } from 'node:tls';
import type { UserInfo } from '../resource-definition.ts';

/** Credentials are the parts of a request that show who sent it. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly peerCertificate: PeerCertificate | undefined;
}

/** TokenCheck answers the user of a bearer token, undefined when it is not a good one. */
export type TokenCheck = (token: string) => Promise<UserInfo | undefined>;

const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** userOfCertificate: the subject's CN is the name, each O a group (Kubernetes' x509 authenticator). */
export function userOfCertificate(certificate: PeerCertificate): UserInfo | undefined {
  const { CN, O } = (certificate.subject ?? {}) as {
    CN?: string | string[];
    O?: string | string[];
  };
  const name = listOf(CN)[0];
  if (!name) return undefined;
  return { name, groups: [...listOf(O), 'system:authenticated'] };
}

function bearerToken(header: string | readonly string[] | undefined): string | undefined {
  const [scheme, token] = (listOf(header)[0] ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' && token ? token : undefined;
}

/**
 * newAuthenticator tries the client certificate, then the bearer token; who shows neither is
 * `system:anonymous`. A token that no check accepts answers undefined: 401.
 */
export function newAuthenticator(checks: readonly TokenCheck[]) {
  return {
    async authenticate(credentials: Credentials): Promise<UserInfo | undefined> {
      const { peerCertificate, headers } = credentials;
      const user = peerCertificate && userOfCertificate(peerCertificate);
      if (user) return user;
      const token = bearerToken(headers.authorization);
      if (token === undefined) return ANONYMOUS;
      for (const check of checks) {
        const found = await check(token);
        if (found) return found;
      }
      return undefined;
    },
  };
}
