import { type KeyObject, randomUUID } from 'node:crypto';
import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose';
import type { UserInfo } from '../resource-definition.ts';
import { serviceAccountGroups, serviceAccountUser } from './service-account-name.ts';
import {
  algorithmOf,
  privateKeyOf,
  type VerificationKey,
  verificationKeyOf,
} from './signing-keys.ts';
import { checkBound, type KubernetesClaims, type TokenLookups } from './token-binding.ts';
import { type TokenAnswer, TokenError } from './token-outcome.ts';

export type { TokenLookups } from './token-binding.ts';

/** BoundObject is the Pod, Secret or Node with which a token ends. */
export interface BoundObject {
  readonly kind: 'Pod' | 'Secret' | 'Node';
  readonly name: string;
  readonly uid: string;
  /** The node of a pod, which its tokens name too. */
  readonly node?: { readonly name: string; readonly uid: string };
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

/** SigningKeys are PEM: the private key that signs, and others whose tokens are still good. */
export interface SigningKeys {
  readonly signingKeyPem: string;
  readonly otherKeyPems?: readonly string[];
}

/** ISSUER is the issuer claim and default audience, as kube-apiserver's own. */
export const ISSUER = 'https://kubernetes.default.svc';

const EXTRA = 'authentication.kubernetes.io';

function claimsOf(subject: TokenSubject, bound: BoundObject | undefined): KubernetesClaims {
  const claims: Record<string, unknown> = {
    namespace: subject.namespace,
    serviceaccount: { name: subject.name, uid: subject.uid },
  };
  if (bound) claims[bound.kind.toLowerCase()] = { name: bound.name, uid: bound.uid };
  if (bound?.node) claims.node = bound.node;
  return claims as unknown as KubernetesClaims;
}

function extraOf({ pod, node }: KubernetesClaims, id: string | undefined): UserInfo['extra'] {
  return {
    ...(id !== undefined && { [`${EXTRA}/credential-id`]: [`JTI=${id}`] }),
    ...(node && { [`${EXTRA}/node-name`]: [node.name], [`${EXTRA}/node-uid`]: [node.uid] }),
    ...(pod && { [`${EXTRA}/pod-name`]: [pod.name], [`${EXTRA}/pod-uid`]: [pod.uid] }),
  };
}

function goList(list: readonly string[]): string {
  return `[${list.map((one) => JSON.stringify(one)).join(' ')}]`;
}

/** isOurs tells whether a token says that it comes from this issuer. */
function isOurs(token: string): boolean {
  try {
    return decodeJwt(token).iss === ISSUER;
  } catch {
    return false;
  }
}

/**
 * ServiceAccountTokens signs and checks service account tokens: JWTs with the claims of Kubernetes'
 * bound tokens. A token is good while its signature, expiry, audience, account uid and bound object
 * are.
 */
export class ServiceAccountTokens {
  readonly #privateKey: KeyObject;
  readonly #signer: VerificationKey;
  readonly #keys: ReadonlyMap<string, VerificationKey>;
  readonly #now: () => Date;

  constructor(keys: SigningKeys, now: () => Date) {
    this.#privateKey = privateKeyOf(keys.signingKeyPem);
    this.#signer = verificationKeyOf(keys.signingKeyPem);
    const all = [this.#signer, ...(keys.otherKeyPems ?? []).map(verificationKeyOf)];
    this.#keys = new Map(all.map((one) => [one.id, one]));
    this.#now = now;
  }

  /** publicKeys are all keys whose tokens are good, the signing one first. */
  get publicKeys(): readonly VerificationKey[] {
    return [...this.#keys.values()];
  }

  /** issue signs a token for a service account. */
  async issue(subject: TokenSubject, options: TokenRequestOptions): Promise<IssuedToken> {
    const issuedAt = Math.floor(this.#now().getTime() / 1000);
    const claims = claimsOf(subject, options.boundObjectRef);
    const audiences = options.audiences?.length ? [...options.audiences] : [ISSUER];
    const jwt = new SignJWT({ 'kubernetes.io': claims })
      .setProtectedHeader({ alg: algorithmOf(this.#privateKey), kid: this.#signer.id })
      .setIssuer(ISSUER)
      .setSubject(serviceAccountUser(subject.namespace, subject.name))
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

  /**
   * authenticate answers the user of a token; undefined when it is none of ours. Throws a
   * TokenError when it is, but is not good for any of the audiences, or not any more.
   */
  async authenticate(
    token: string,
    lookups: TokenLookups,
    audiences: readonly string[] = [ISSUER],
  ): Promise<TokenAnswer | undefined> {
    const payload = await this.#verify(token);
    const claims = payload?.['kubernetes.io'] as KubernetesClaims | undefined;
    if (!payload || !claims) return undefined;
    const own = [payload.aud ?? []].flat();
    const good = own.filter((one) => audiences.includes(one));
    if (good.length === 0) {
      throw new TokenError(
        `token audiences ${goList(own)} is invalid for the target audiences ${goList(audiences)}`,
      );
    }
    const isLegacy = payload.exp === undefined;
    await checkBound(claims, lookups, { now: this.#now(), isLegacy });
    lookups.metrics?.used(isLegacy);
    const { namespace, serviceaccount } = claims;
    const user = {
      name: serviceAccountUser(namespace, serviceaccount.name),
      uid: serviceaccount.uid,
      groups: [...serviceAccountGroups(namespace), 'system:authenticated'],
      extra: extraOf(claims, payload.jti),
    };
    return { user, audiences: good };
  }

  async #verify(token: string) {
    if (!isOurs(token)) return undefined;
    try {
      const key = ({ kid = '' }: { kid?: string }) => (this.#keys.get(kid) ?? this.#signer).key;
      const { payload } = await jwtVerify(token, async (header) => key(header), {
        issuer: ISSUER,
        algorithms: ['ES256', 'RS256', 'ES384'],
        currentDate: this.#now(),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new TokenError('service account token has expired', { cause: error });
      }
      return undefined;
    }
  }
}
