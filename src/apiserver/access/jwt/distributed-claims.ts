import { isJsonObject, type JsonObject } from '../../../machinery/json-value.ts';
import type { IssuerClient } from './issuer-client.ts';
import { issuerOf, tokenParts } from './token-parts.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** DistributedClaimsParts is what is needed to ask others for a claim. */
export interface DistributedClaimsParts {
  readonly claim: string;
  readonly client: Pick<IssuerClient, 'text'>;
  /** Makes the verifier of tokens of another issuer. */
  newVerifier(issuer: string): Verifier;
}

type Verifier = Pick<TokenVerifier, 'discover' | 'verify'>;

/** MAX_VERIFIERS is how many issuers are remembered whose tokens brought claims. */
const MAX_VERIFIERS = 100;

/**
 * DistributedClaims gets a claim from where the token says that it is (OpenID Connect Core 1.0,
 * section 5.6.2): an endpoint that answers with a token of its own, which is checked likewise.
 *
 * INVARIANTS: at most MAX_VERIFIERS issuers are remembered: tokens may name any.
 */
export class DistributedClaims {
  readonly #parts: DistributedClaimsParts;
  readonly #verifiers = new Map<string, Verifier>();

  constructor(parts: DistributedClaimsParts) {
    this.#parts = parts;
  }

  /** expand answers the claims with the one that is elsewhere; throws an Error. */
  async expand(claims: JsonObject): Promise<JsonObject> {
    const { claim } = this.#parts;
    const names = claims._claim_names;
    if (Object.hasOwn(claims, claim) || names === undefined) return claims;
    if (!isJsonObject(names)) throw new Error('oidc: error parsing distributed claim names');
    const source = names[claim];
    if (claims._claim_sources === undefined) throw new Error('oidc: no claim sources');
    if (!isJsonObject(claims._claim_sources)) {
      throw new Error('oidc: could not parse claim sources');
    }
    if (typeof source !== 'string') return claims;
    const place = claims._claim_sources[source];
    if (!isJsonObject(place)) {
      throw new Error(
        `id token _claim_names contained a source ${source} missing in _claims_sources`,
      );
    }
    const { endpoint = '', access_token: token = '' } = place;
    if (endpoint === '') return claims;
    return { ...claims, [claim]: await this.#resolve(String(endpoint), String(token)) };
  }

  async #resolve(endpoint: string, accessToken: string): Promise<JsonObject[string]> {
    const { claim, client } = this.#parts;
    const token = await client.text(endpoint, accessToken).catch((error: Error) => {
      throw new Error(
        `while getting distributed claim ${JSON.stringify(claim)}: ${error.message}`,
        {
          cause: error,
        },
      );
    });
    const parts = tokenParts(token);
    if (!parts) {
      throw new Error(
        `getting untrusted issuer from endpoint ${endpoint} failed for claim ${JSON.stringify(claim)}: malformed token`,
      );
    }
    const verifier = await this.#verifier(issuerOf(parts.claims));
    const claims = await verifier.verify(token).catch((error: Error) => {
      throw new Error(`verify distributed claim token: ${error.message}`, { cause: error });
    });
    const value = claims[claim];
    if (value !== undefined) return value;
    throw new Error(
      `jwt returned by distributed claim endpoint ${JSON.stringify(endpoint)} did not contain claim: ${claim}`,
    );
  }

  async #verifier(issuer: string): Promise<Verifier> {
    const known = this.#verifiers.get(issuer);
    if (known) return known;
    const made = this.#parts.newVerifier(issuer);
    await made.discover().catch((error: Error) => {
      const reason = `verifier not initialized for issuer: ${JSON.stringify(issuer)}`;
      throw new Error(`verifying untrusted issuer ${issuer} failed: ${reason}`, { cause: error });
    });
    if (this.#verifiers.size >= MAX_VERIFIERS) this.#verifiers.clear();
    this.#verifiers.set(issuer, made);
    return made;
  }
}
