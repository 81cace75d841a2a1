import { type JsonObject, jsonTypeOf } from '../../../machinery/json-value.ts';
import type { IssuerClient } from './issuer-client.ts';
import { KeySet } from './key-set.ts';
import { issuerOf, tokenParts } from './token-parts.ts';

/** SIGNING_ALGORITHMS are those that tokens may be signed with: all asymmetric ones of RFC 7518. */
export const SIGNING_ALGORITHMS: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
];

const NOT_BEFORE_LEEWAY_S = 5 * 60;
const NO_TIME = '0001-01-01 00:00:00 +0000 UTC';
const WELL_KNOWN = '/.well-known/openid-configuration';

/** VerifierOptions say which tokens are good. */
export interface VerifierOptions {
  readonly issuer: string;
  /** Where the issuer describes itself, if not below its URL. */
  readonly discoveryUrl?: string | undefined;
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  readonly client: IssuerClient;
  now(): Date;
}

const quoted = (list: readonly string[]) => `[${list.map((one) => JSON.stringify(one)).join(' ')}]`;

function checkSubject({ sub }: JsonObject): void {
  if (sub === undefined || sub === null || typeof sub === 'string') return;
  throw new Error(
    `oidc: failed to unmarshal claims: json: cannot unmarshal ${jsonTypeOf(sub)} into Go struct field idToken.sub of type string`,
  );
}

/** Go's text of a time, in seconds. */
function timeText(seconds: number): string {
  const text = new Date(seconds * 1000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} +0000 UTC`;
}

/**
 * TokenVerifier checks OpenID tokens of one issuer, by the keys that its discovery document names.
 * Messages are those of kube-apiserver's library (go-oidc).
 */
export class TokenVerifier {
  readonly #options: VerifierOptions;
  #keys: KeySet | undefined;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** isReady is true when the issuer has told where its keys are. */
  get isReady(): boolean {
    return this.#keys !== undefined;
  }

  /** discover asks the issuer where its keys are; throws an Error. */
  async discover(): Promise<void> {
    const { issuer, discoveryUrl, client } = this.#options;
    const url = discoveryUrl || `${issuer.replace(/\/$/, '')}${WELL_KNOWN}`;
    const found = await client.json(url);
    if (found.issuer !== issuer) {
      throw new Error(
        `oidc: issuer did not match the issuer returned by provider, expected ${JSON.stringify(issuer)} got ${JSON.stringify(found.issuer ?? '')}`,
      );
    }
    this.#keys = new KeySet(String(found.jwks_uri ?? ''), (one) => client.json(one));
  }

  /** verify answers the claims of a good token; throws an Error. */
  async verify(token: string): Promise<JsonObject> {
    const { issuer, algorithms } = this.#options;
    const parts = tokenParts(token);
    if (!parts) throw new Error('oidc: malformed jwt');
    const { header, claims } = parts;
    checkSubject(claims);
    const from = issuerOf(claims);
    if (from !== issuer) {
      throw new Error(
        `oidc: id token issued by a different provider, expected ${JSON.stringify(issuer)} got ${JSON.stringify(from)}`,
      );
    }
    this.#checkAudience(claims);
    this.#checkTimes(claims);
    const algorithm = String(header.alg ?? '');
    if (!algorithms.includes(algorithm)) {
      throw new Error(
        `oidc: id token signed with unsupported algorithm, expected ${quoted(algorithms)} got ${JSON.stringify(algorithm)}`,
      );
    }
    try {
      await this.#keys?.verify(token, algorithm, String(header.kid ?? ''));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`failed to verify signature: ${reason}`, { cause: error });
    }
    return claims;
  }

  #checkAudience({ aud }: JsonObject): void {
    const { audiences } = this.#options;
    const own = [aud ?? []].flat().map(String);
    if (own.some((one) => audiences.includes(one))) return;
    const [only = ''] = audiences;
    const expected =
      audiences.length === 1
        ? `audience ${JSON.stringify(only)}`
        : `audience in ${quoted([...audiences].sort())}`;
    throw new Error(`oidc: expected ${expected} got ${quoted(own)}`);
  }

  #checkTimes({ exp, nbf }: JsonObject): void {
    const now = this.#options.now().getTime() / 1000;
    const end = typeof exp === 'number' ? exp : undefined;
    if (end === undefined || end < now) {
      const text = end === undefined ? NO_TIME : timeText(end);
      throw new Error(`oidc: token is expired (Token Expiry: ${text})`);
    }
    if (typeof nbf === 'number' && nbf > now + NOT_BEFORE_LEEWAY_S) {
      throw new Error(
        `oidc: current time ${timeText(Math.floor(now))} before the nbf (not before) time: ${timeText(nbf)}`,
      );
    }
  }
}
