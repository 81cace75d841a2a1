import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomUUID,
} from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { ServiceAccount } from '../../apis/core/v1/types.ts';
import type { UserInfo } from '../resource-definition.ts';

/** BoundObject is the Pod or Secret with which a token ends. */
export interface BoundObject {
  readonly kind: 'Pod' | 'Secret' | 'Node';
  readonly name: string;
  readonly uid: string;
}

/** TokenSubject names the service account that a token is for. */
export interface TokenSubject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** TokenRequestOptions are what a TokenRequest's spec may say. */
export interface TokenRequestOptions {
  readonly audiences?: readonly string[];
  /** Absent: the token does not expire (legacy token secrets). */
  readonly expirationSeconds?: number;
  readonly boundObjectRef?: BoundObject;
}

/** IssuedToken is a signed token; expirationTimestamp is absent for one that does not expire. */
export interface IssuedToken {
  readonly token: string;
  readonly expirationTimestamp?: string;
}

/** TokenLookups let validation see whether account and bound object are still the same ones. */
export interface TokenLookups {
  serviceAccount(namespace: string, name: string): Promise<ServiceAccount | undefined>;
  /** boundObjectUid answers the uid of a Pod or Secret, undefined when it is gone. */
  boundObjectUid(kind: string, namespace: string, name: string): Promise<string | undefined>;
}

interface KubernetesClaims {
  readonly namespace: string;
  readonly serviceaccount: { readonly name: string; readonly uid: string };
  readonly pod?: { readonly name: string; readonly uid: string };
  readonly secret?: { readonly name: string; readonly uid: string };
}

/** ISSUER is the issuer claim and default audience, as kube-apiserver's own. */
export const ISSUER = 'https://kubernetes.default.svc';

function keyIdOf(key: KeyObject): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('base64url');
}

/**
 * ServiceAccountTokens signs and checks service account tokens: ES256 JWTs with the claims of
 * Kubernetes' bound tokens. A token is good while its signature, expiry, audience, account uid and
 * bound object are.
 */
export class ServiceAccountTokens {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #keyId: string;
  readonly #now: () => Date;

  constructor(signingKeyPem: string, now: () => Date) {
    this.#privateKey = createPrivateKey(signingKeyPem);
    this.#publicKey = createPublicKey(this.#privateKey);
    this.#keyId = keyIdOf(this.#privateKey);
    this.#now = now;
  }

  /** issue signs a token for a service account. */
  async issue(subject: TokenSubject, options: TokenRequestOptions): Promise<IssuedToken> {
    const issuedAt = Math.floor(this.#now().getTime() / 1000);
    const claims: Record<string, unknown> = {
      namespace: subject.namespace,
      serviceaccount: { name: subject.name, uid: subject.uid },
    };
    const bound = options.boundObjectRef;
    if (bound) claims[bound.kind.toLowerCase()] = { name: bound.name, uid: bound.uid };
    const audiences = options.audiences?.length ? [...options.audiences] : [ISSUER];
    const jwt = new SignJWT({ 'kubernetes.io': claims })
      .setProtectedHeader({ alg: 'ES256', kid: this.#keyId })
      .setIssuer(ISSUER)
      .setSubject(`system:serviceaccount:${subject.namespace}:${subject.name}`)
      .setAudience(audiences)
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setJti(randomUUID());
    if (options.expirationSeconds === undefined) return { token: await jwt.sign(this.#privateKey) };
    const expiresAt = issuedAt + options.expirationSeconds;
    return {
      token: await jwt.setExpirationTime(expiresAt).sign(this.#privateKey),
      expirationTimestamp: `${new Date(expiresAt * 1000).toISOString().slice(0, 19)}Z`,
    };
  }

  /** authenticate answers the user of a token, undefined when it is not a good one of ours. */
  async authenticate(token: string, lookups: TokenLookups): Promise<UserInfo | undefined> {
    const claims = await this.#verify(token);
    if (!claims) return undefined;
    const { namespace, serviceaccount } = claims;
    const account = await lookups.serviceAccount(namespace, serviceaccount.name);
    if (account?.metadata.uid !== serviceaccount.uid) return undefined;
    for (const kind of ['pod', 'secret'] as const) {
      const bound = claims[kind];
      if (bound && (await lookups.boundObjectUid(kind, namespace, bound.name)) !== bound.uid) {
        return undefined;
      }
    }
    return {
      name: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
      uid: serviceaccount.uid,
      groups: [
        'system:serviceaccounts',
        `system:serviceaccounts:${namespace}`,
        'system:authenticated',
      ],
      ...(claims.pod && {
        extra: {
          'authentication.kubernetes.io/pod-name': [claims.pod.name],
          'authentication.kubernetes.io/pod-uid': [claims.pod.uid],
        },
      }),
    };
  }

  async #verify(token: string): Promise<KubernetesClaims | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#publicKey, {
        issuer: ISSUER,
        audience: ISSUER,
        algorithms: ['ES256'],
        currentDate: this.#now(),
      });
      return payload['kubernetes.io'] as KubernetesClaims | undefined;
    } catch {
      return undefined;
    }
  }
}
