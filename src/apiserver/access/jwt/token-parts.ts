import { isJsonObject, type JsonObject } from '../../../machinery/json-value.ts';

/** TokenParts are what a JWT says before anybody has checked that it may. */
export interface TokenParts {
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

function decoded(part: string | undefined): JsonObject | undefined {
  if (part === undefined || !/^[\w-]+$/.test(part)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** tokenParts reads a token without checking it; undefined: it is no JWT. */
export function tokenParts(token: string): TokenParts | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  const [header, claims] = [decoded(parts[0]), decoded(parts[1])];
  return header && claims && { header, claims };
}

/** issuerOf is who a token says that it is from. Google's is told in two ways. */
export function issuerOf({ iss }: JsonObject): string {
  if (iss === 'accounts.google.com') return 'https://accounts.google.com';
  return typeof iss === 'string' ? iss : '';
}
