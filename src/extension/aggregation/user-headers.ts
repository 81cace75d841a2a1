import type { UserInfo } from '../../apiserver/resource-definition.ts';

/** USER_HEADERS are those by which an aggregated server is told who asks. */
export const USER_HEADERS = {
  user: 'X-Remote-User',
  uid: 'X-Remote-Uid',
  group: 'X-Remote-Group',
  extraPrefix: 'X-Remote-Extra-',
} as const;

/** userHeaders names a user (client-go `transport.SetAuthProxyHeaders`). */
export function userHeaders(user: UserInfo): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {
    [USER_HEADERS.user]: user.name,
    ...(user.uid && { [USER_HEADERS.uid]: user.uid }),
    [USER_HEADERS.group]: [...user.groups],
  };
  for (const [key, values] of Object.entries(user.extra ?? {})) {
    headers[`${USER_HEADERS.extraPrefix}${encodeKey(key)}`] = [...values];
  }
  return headers;
}

/** encodeKey writes a key so that it fits into the name of a header. */
function encodeKey(key: string): string {
  return key.replace(/[^A-Za-z0-9!#$&'*+.^_`|~-]/g, (char) => encodeURIComponent(char));
}
