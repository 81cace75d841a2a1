import { dnsLabelErrors, dnsSubdomainErrors } from '../../machinery/names.ts';

const PREFIX = 'system:serviceaccount:';

/** ServiceAccountName is a service account as a user name tells it. */
export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/** serviceAccountOf reads `system:serviceaccount:NAMESPACE:NAME`; undefined: it is another user. */
export function serviceAccountOf(user: string): ServiceAccountName | undefined {
  if (!user.startsWith(PREFIX)) return undefined;
  const parts = user.slice(PREFIX.length).split(':');
  const [namespace = '', name = ''] = parts;
  const isGood =
    parts.length === 2 &&
    dnsLabelErrors(namespace).length === 0 &&
    dnsSubdomainErrors(name).length === 0;
  return isGood ? { namespace, name } : undefined;
}

/** serviceAccountUser is the user name of a service account. */
export function serviceAccountUser(namespace: string, name: string): string {
  return `${PREFIX}${namespace}:${name}`;
}

/** serviceAccountGroups are the groups of every service account of a namespace. */
export function serviceAccountGroups(namespace: string): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}
