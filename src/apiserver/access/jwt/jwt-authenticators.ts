import { duplicate, type FieldError, fieldErrorsText } from '../../../machinery/field-error.ts';
import { childPath, indexPath } from '../../../machinery/field-path.ts';
import type { ApiLog } from '../../contracts.ts';
import type { JwtAuthenticatorConfig } from '../config/authentication-configuration.ts';
import { ConfigError } from '../config/read-config.ts';
import type { TokenCheck } from '../token-outcome.ts';
import { JwtAuthenticator } from './jwt-authenticator.ts';
import { compileJwt, type JwtExpressions } from './jwt-validation.ts';
import { issuerOf, tokenParts } from './token-parts.ts';

/** CheckedJwt is the configuration of one issuer that was found to be right. */
export interface CheckedJwt {
  readonly config: JwtAuthenticatorConfig;
  readonly expressions: JwtExpressions;
}

function repeated(configs: readonly JwtAuthenticatorConfig[], index: number): FieldError[] {
  const { url = '', discoveryURL = '' } = configs[index]?.issuer ?? {};
  const before = configs.slice(0, index).map(({ issuer }) => issuer ?? {});
  const place = childPath(indexPath('jwt', index), 'issuer');
  const sameUrl = before.some((one) => (one.url ?? '') === url);
  const sameDiscovery =
    discoveryURL !== '' && before.some((one) => one.discoveryURL === discoveryURL);
  return [
    ...(sameUrl ? [duplicate(childPath(place, 'url'), url)] : []),
    ...(sameDiscovery ? [duplicate(childPath(place, 'discoveryURL'), discoveryURL)] : []),
  ];
}

/** checkJwts checks the configuration of all issuers. */
export function checkJwts(
  configs: readonly JwtAuthenticatorConfig[],
  disallowed: readonly string[],
): { readonly errors: readonly FieldError[]; readonly checked: readonly CheckedJwt[] } {
  const errors: FieldError[] = [];
  const checked = configs.map((config, index) => {
    const found = compileJwt(config, indexPath('jwt', index), disallowed);
    errors.push(...found.errors, ...repeated(configs, index));
    return { config, expressions: found.expressions };
  });
  return { errors, checked };
}

/** demandValid throws a ConfigError where something is wrong. */
export function demandValid(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  throw new ConfigError(`invalid authentication configuration: ${fieldErrorsText(errors)}`);
}

/** JwtParts is what authenticators share. */
export interface JwtParts {
  readonly algorithms: readonly string[];
  readonly apiAudience: string;
  readonly log: ApiLog;
  now(): Date;
}

/** JwtAuthenticators log in with the tokens of several issuers, which can be replaced by others. */
export class JwtAuthenticators {
  readonly #parts: JwtParts;
  #current: ReadonlyMap<string, JwtAuthenticator>;

  constructor(checked: readonly CheckedJwt[], parts: JwtParts) {
    this.#parts = parts;
    this.#current = this.#made(checked);
  }

  #made(checked: readonly CheckedJwt[]): ReadonlyMap<string, JwtAuthenticator> {
    const made = checked.map((one) => new JwtAuthenticator({ ...one, ...this.#parts }));
    return new Map(made.map((one) => [one.issuer, one]));
  }

  /** check is the check of a token for the API. */
  readonly check: TokenCheck = async (token, audiences) => {
    const { apiAudience } = this.#parts;
    if (this.#current.size === 0 || !audiences.includes(apiAudience)) return undefined;
    const parts = tokenParts(token);
    const user = parts && (await this.#current.get(issuerOf(parts.claims))?.authenticate(token));
    return user && { user, audiences: [apiAudience] };
  };

  /**
   * replace puts others in the place of the present ones, once all of them have found their issuers;
   * where that takes longer than `timeoutMs` everything stays, and it throws an Error.
   */
  async replace(checked: readonly CheckedJwt[], timeoutMs: number): Promise<void> {
    const next = this.#made(checked);
    const all = [...next.values()];
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the issuers do not answer')), timeoutMs);
    });
    try {
      await Promise.race([Promise.all(all.map((one) => one.ready())), late]);
    } catch (error) {
      await Promise.all(all.map((one) => one.close()));
      throw error;
    } finally {
      clearTimeout(timer);
    }
    const former = this.#current;
    this.#current = next;
    await Promise.all([...former.values()].map((one) => one.close()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#current.values()].map((one) => one.close()));
  }
}
