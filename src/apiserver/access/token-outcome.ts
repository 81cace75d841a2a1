import type { UserInfo } from '../resource-definition.ts';

/** TokenAnswer is whose a token is, and for which of the wanted audiences it is good. */
export interface TokenAnswer {
  readonly user: UserInfo;
  readonly audiences: readonly string[];
}

/** TokenError: a token is one of ours but not good; the message says why, as upstream does. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

/**
 * TokenCheck answers whose a bearer token is, for at least one of the audiences. Undefined: it is
 * no token of this kind. Throws a TokenError.
 */
export type TokenCheck = (
  token: string,
  audiences: readonly string[],
) => Promise<TokenAnswer | undefined>;

/** TokenVerdict is what all checks together say. */
export type TokenVerdict =
  | (TokenAnswer & { readonly authenticated: true })
  | { readonly authenticated: false; readonly error: string };

const INVALID = 'invalid bearer token';

/** checkToken asks one check after another; the first that knows the token as good decides. */
export async function checkToken(
  checks: readonly TokenCheck[],
  token: string,
  audiences: readonly string[],
): Promise<TokenVerdict> {
  const errors: string[] = [];
  for (const check of checks) {
    try {
      const answer = await check(token, audiences);
      if (answer) return { authenticated: true, ...answer };
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      errors.push(error.message);
    }
  }
  const error = errors.length === 0 ? INVALID : `[${[INVALID, ...errors].join(', ')}]`;
  return { authenticated: false, error };
}

/** forApiOnly makes a check of tokens that say nothing of audiences: they are for the API. */
export function forApiOnly(
  apiAudience: string,
  userOf: (token: string) => Promise<UserInfo | undefined>,
): TokenCheck {
  return async (token, audiences) => {
    const user = audiences.includes(apiAudience) ? await userOf(token) : undefined;
    return user && { user, audiences: [apiAudience] };
  };
}
