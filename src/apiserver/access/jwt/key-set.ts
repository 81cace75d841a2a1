import { type CryptoKey, compactVerify, importJWK, type JWK } from 'jose';
import type { JsonObject } from '../../../machinery/json-value.ts';

/** FetchJson gets a document; throws an Error that says why there is none. */
export type FetchJson = (url: string) => Promise<JsonObject>;

interface Key {
  readonly id: string;
  readonly key: CryptoKey | Uint8Array;
}

const MOST_ALGORITHMS: Readonly<Record<string, string>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
};

async function imported(jwk: JWK, alg: string): Promise<Key[]> {
  if (jwk.use !== undefined && jwk.use !== 'sig') return [];
  if (jwk.kty === 'EC' && MOST_ALGORITHMS[jwk.crv ?? ''] !== alg) return [];
  try {
    return [{ id: jwk.kid ?? '', key: await importJWK({ ...jwk, alg }, alg) }];
  } catch {
    // A key of a kind that nobody here knows verifies nothing.
    return [];
  }
}

/**
 * KeySet checks signatures by the keys that an issuer publishes. They are fetched when they are
 * first needed, and again for a signature that none of them made: then the issuer has new ones.
 */
export class KeySet {
  readonly #url: string;
  readonly #fetch: FetchJson;
  #jwks: readonly JWK[] = [];
  #fetching: Promise<readonly JWK[]> | undefined;

  constructor(url: string, fetch: FetchJson) {
    this.#url = url;
    this.#fetch = fetch;
  }

  /** verify throws an Error unless one of the keys made the signature. */
  async verify(token: string, alg: string, id: string): Promise<void> {
    if (await this.#verifies(token, alg, id)) return;
    let keys: readonly JWK[];
    try {
      keys = await this.#renew();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`fetching keys ${reason}`, { cause: error });
    }
    this.#jwks = keys;
    if (await this.#verifies(token, alg, id)) return;
    throw new Error('failed to verify id token signature');
  }

  async #verifies(token: string, alg: string, id: string): Promise<boolean> {
    const candidates = this.#jwks.filter(({ kid = '' }) => id === '' || kid === id);
    for (const jwk of candidates) {
      for (const { key } of await imported(jwk, alg)) {
        const isSigned = await compactVerify(token, key).then(
          () => true,
          () => false,
        );
        if (isSigned) return true;
      }
    }
    return false;
  }

  #renew(): Promise<readonly JWK[]> {
    this.#fetching ??= this.#fetch(this.#url)
      .then(({ keys }) => (Array.isArray(keys) ? (keys as unknown as readonly JWK[]) : []))
      .finally(() => {
        this.#fetching = undefined;
      });
    return this.#fetching;
  }
}
