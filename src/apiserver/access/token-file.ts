import type { UserInfo } from '../resource-definition.ts';
import { parseCsv } from './csv.ts';

/** TokenFileError: a token file cannot be read as one; the message names what is wrong. */
export class TokenFileError extends Error {
  override readonly name = 'TokenFileError';
}

/**
 * parseTokenFile reads kube-apiserver's `--token-auth-file`: CSV records of token, user name, uid
 * and, quoted and separated by commas, groups. Throws a TokenFileError.
 */
export function parseTokenFile(path: string, text: string): ReadonlyMap<string, UserInfo> {
  const users = new Map<string, UserInfo>();
  for (const record of parseCsv(text)) {
    if (record.length < 3) {
      throw new TokenFileError(
        `token file '${path}' must have at least 3 columns (token, user name, user uid), found ${record.length}`,
      );
    }
    const [token = '', name = '', uid = '', groups] = record;
    if (token === '') continue;
    users.set(token, {
      name,
      ...(uid !== '' && { uid }),
      groups: groups === undefined ? [] : groups.split(','),
    });
  }
  return users;
}
