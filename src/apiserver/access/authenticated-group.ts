import type { UserInfo } from '../resource-definition.ts';

/** AUTHENTICATED is the group of everybody who showed who they are. */
export const AUTHENTICATED = 'system:authenticated';
/** UNAUTHENTICATED is the group of everybody else. */
export const UNAUTHENTICATED = 'system:unauthenticated';
/** ANONYMOUS is who sends a request without credentials. */
export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: [UNAUTHENTICATED] };

/** withAuthenticatedGroup adds the group `system:authenticated` unless the user says otherwise. */
export function withAuthenticatedGroup(user: UserInfo): UserInfo {
  const { name, groups } = user;
  const said = groups.includes(AUTHENTICATED) || groups.includes(UNAUTHENTICATED);
  if (said || name === ANONYMOUS.name) return user;
  return { ...user, groups: [...groups, AUTHENTICATED] };
}
