import type { ApiLog } from '../../contracts.ts';
import type { UserInfo } from '../../resource-definition.ts';
import type { JwtAuthenticatorConfig } from '../config/authentication-configuration.ts';
import { TokenError } from '../token-outcome.ts';
import { userOfClaims } from './claims-to-user.ts';
import { DistributedClaims } from './distributed-claims.ts';
import { IssuerClient } from './issuer-client.ts';
import type { JwtExpressions } from './jwt-validation.ts';
import { issuerOf, tokenParts } from './token-parts.ts';
import { TokenVerifier } from './token-verifier.ts';

const RETRY_MS = 10_000;

/** JwtAuthenticatorParts is what the authenticator of one issuer is made of. */
export interface JwtAuthenticatorParts {
  readonly config: JwtAuthenticatorConfig;
  readonly expressions: JwtExpressions;
  readonly algorithms: readonly string[];
  readonly log: ApiLog;
  now(): Date;
}

/**
 * JwtAuthenticator logs in with the tokens of one OpenID issuer. It asks the issuer for its keys
 * from the start, again and again until that answers: the issuer may run on this very platform.
 */
export class JwtAuthenticator {
  readonly #parts: JwtAuthenticatorParts;
  readonly #client: IssuerClient;
  readonly #verifier: TokenVerifier;
  readonly #distributed: DistributedClaims | undefined;
  readonly #ready: Promise<void>;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: JwtAuthenticatorParts) {
    this.#parts = parts;
    const { config, algorithms, now } = parts;
    const { issuer = {}, claimMappings } = config;
    this.#client = new IssuerClient(issuer.certificateAuthority);
    const common = { audiences: issuer.audiences ?? [], algorithms, client: this.#client, now };
    const verifierOf = (url: string, discoveryUrl?: string) =>
      new TokenVerifier({ ...common, issuer: url, discoveryUrl });
    this.#verifier = verifierOf(this.issuer, issuer.discoveryURL);
    const claim = claimMappings?.groups?.claim;
    this.#distributed = claim
      ? new DistributedClaims({ claim, client: this.#client, newVerifier: verifierOf })
      : undefined;
    this.#ready = new Promise((resolve) => void this.#discover(resolve));
  }

  /** issuer is the URL that tokens carry. */
  get issuer(): string {
    return this.#parts.config.issuer?.url ?? '';
  }

  /** ready resolves when the issuer has told where its keys are. */
  ready(): Promise<void> {
    return this.#ready;
  }

  async #discover(done: () => void): Promise<void> {
    try {
      await this.#verifier.discover();
      done();
    } catch (error) {
      if (this.#isClosed) return;
      const { log } = this.#parts;
      log.warn({ err: error, issuer: this.issuer }, 'an OpenID issuer does not answer yet');
      this.#retry = setTimeout(() => void this.#discover(done), RETRY_MS);
      this.#retry.unref();
    }
  }

  /** authenticate answers whose a token is; undefined: not this issuer's. Throws a TokenError. */
  async authenticate(token: string): Promise<UserInfo | undefined> {
    const parts = tokenParts(token);
    if (!parts || issuerOf(parts.claims) !== this.issuer) return undefined;
    if (!this.#verifier.isReady) throw new TokenError('oidc: authenticator not initialized');
    const claims = await this.#verifier.verify(token).catch((error: Error) => {
      throw new TokenError(`oidc: verify token: ${error.message}`, { cause: error });
    });
    try {
      const all = (await this.#distributed?.expand(claims).catch(refuseDistributed)) ?? claims;
      const { config, expressions } = this.#parts;
      return userOfClaims(all, config, expressions);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new TokenError(reason, { cause: error });
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    await this.#client.close();
  }
}

function refuseDistributed(error: Error): never {
  throw new Error(`oidc: could not expand distributed claims: ${error.message}`, { cause: error });
}
