import { newBadRequest } from '../../machinery/status-error.ts';
import { ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED } from '../access/authenticated-group.ts';
import { headerValues } from '../access/header-values.ts';
import { serviceAccountGroups, serviceAccountOf } from '../access/service-account-name.ts';
import type { Authorizer } from '../contracts.ts';
import type { CoreRequest } from '../request/core-request.ts';
import type { UserInfo } from '../resource-definition.ts';
import { AccessUndecided, demandAccess, newAccessForbidden } from './access.ts';

const EXTRA_PREFIX = 'impersonate-extra-';
const AUTHENTICATION = 'authentication.k8s.io';

/** Impersonated is one permission that the impersonator must have. */
interface Impersonated {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  readonly namespace: string;
}

interface Wanted {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

function decodedKey(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function wantedBy(headers: CoreRequest['headers']): Wanted {
  const extra: Record<string, readonly string[]> = {};
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(EXTRA_PREFIX)) continue;
    extra[decodedKey(name.slice(EXTRA_PREFIX.length))] = headerValues(headers, name);
  }
  return {
    name: headerValues(headers, 'impersonate-user')[0] ?? '',
    uid: headerValues(headers, 'impersonate-uid')[0] ?? '',
    groups: headerValues(headers, 'impersonate-group'),
    extra,
  };
}

const NOWHERE = { group: '', version: 'v1', subresource: '', namespace: '' };

function questionsOf({ name, uid, groups, extra }: Wanted): Impersonated[] {
  const questions: Impersonated[] = [];
  const account = serviceAccountOf(name);
  if (account) questions.push({ ...NOWHERE, resource: 'serviceaccounts', ...account });
  else if (name !== '') questions.push({ ...NOWHERE, version: '', resource: 'users', name });
  for (const one of groups)
    questions.push({ ...NOWHERE, version: '', resource: 'groups', name: one });
  const place = { ...NOWHERE, group: AUTHENTICATION };
  for (const [subresource, values] of Object.entries(extra)) {
    for (const value of values)
      questions.push({ ...place, resource: 'userextras', subresource, name: value });
  }
  if (uid !== '') questions.push({ ...place, resource: 'uids', name: uid });
  return questions;
}

/** referenceText prints a question as Go prints the ObjectReference that upstream makes of it. */
function referenceText({ group, resource, subresource, name }: Impersonated): string {
  const kinds: Readonly<Record<string, string>> = {
    groups: 'Group',
    userextras: 'UserExtra',
    uids: 'UID',
  };
  const version = group === '' ? '' : `${group}/v1`;
  return `{${kinds[resource]}  ${name}  ${version}  ${subresource}}`;
}

function groupsOf({ name, groups }: Wanted): readonly string[] {
  const account = serviceAccountOf(name);
  const own = groups.length === 0 && account ? serviceAccountGroups(account.namespace) : groups;
  if (name === ANONYMOUS.name)
    return own.includes(UNAUTHENTICATED) ? own : [...own, UNAUTHENTICATED];
  const said = own.includes(AUTHENTICATED) || own.includes(UNAUTHENTICATED);
  return said ? own : [...own, AUTHENTICATED];
}

function isPlain({ name, uid, groups, extra }: Wanted): boolean {
  return name === '' && uid === '' && groups.length === 0 && Object.keys(extra).length === 0;
}

/**
 * effectiveUser answers for whom a request is carried out: its user, or the one that it
 * impersonates, when the authorizer allows that user to (k8s.io/apiserver `WithImpersonation`).
 * Throws 400 where the headers name no user, 403 where that is not allowed.
 */
export async function effectiveUser(
  authorizer: Authorizer,
  user: UserInfo,
  headers: CoreRequest['headers'],
): Promise<UserInfo> {
  const wanted = wantedBy(headers);
  if (isPlain(wanted)) return user;
  const questions = questionsOf(wanted);
  if (wanted.name === '') {
    const list = questions.map(referenceText).join(' ');
    throw newBadRequest(`requested [${list}] without impersonating a user`);
  }
  for (const one of questions) {
    const question = { ...one, user, verb: 'impersonate' };
    await demandAccess(authorizer, question).catch((error: unknown) => {
      throw error instanceof AccessUndecided ? newAccessForbidden(question, undefined) : error;
    });
  }
  const { name, uid, extra } = wanted;
  return { name, groups: groupsOf(wanted), extra, ...(uid !== '' && { uid }) };
}
