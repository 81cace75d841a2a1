import { newForbidden, newInternalError, StatusError } from '../../machinery/status-error.ts';
import type { AuthorizationAttributes, Authorizer } from '../contracts.ts';
import { type CoreRequest, headerOf } from '../request/core-request.ts';
import type { RequestInfo } from '../request/request-info.ts';
import type { UserInfo } from '../resource-definition.ts';

const SANITIZE: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const EXTRA_PREFIX = 'impersonate-extra-';

function sanitize(text: string): string {
  return text.replace(/[&<>]/g, (char) => SANITIZE[char] ?? char);
}

/** forbiddenMessage words a refusal as upstream does: who cannot do what, where. */
export function forbiddenMessage(attributes: AuthorizationAttributes): string {
  const { user, verb, group, namespace, subresource, path } = attributes;
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  if (path !== undefined) return `${who} path ${JSON.stringify(path)}`;
  const resource = subresource ? `${attributes.resource}/${subresource}` : attributes.resource;
  const what = `${who} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)}`;
  if (namespace === '') return `${what} at the cluster scope`;
  return `${what} in the namespace ${JSON.stringify(namespace)}`;
}

/** newAccessForbidden is the 403 of a request that the authorizer did not allow. */
export function newAccessForbidden(
  attributes: AuthorizationAttributes,
  reason: string | undefined,
): StatusError {
  const message = sanitize(forbiddenMessage(attributes));
  const text = reason ? `${message}: ${reason}` : message;
  if (attributes.resource !== '') return newForbidden(attributes, attributes.name, text);
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `forbidden: ${text}`,
    reason: 'Forbidden',
    details: {},
    code: 403,
  });
}

/** attributesOf is the question that a request asks the authorizer. */
export function attributesOf(user: UserInfo, info: RequestInfo): AuthorizationAttributes {
  const { verb, group, version, resource, subresource, namespace } = info;
  const name = info.name || (verb === 'create' ? '' : info.selectedName);
  const attributes = { user, verb, group, version, resource, subresource, name, namespace };
  return info.isResource ? attributes : { ...attributes, path: info.path };
}

/** demandAccess throws 403 unless the authorizer allows. */
export async function demandAccess(
  authorizer: Authorizer,
  attributes: AuthorizationAttributes,
): Promise<void> {
  const decision = await authorizer.authorize(attributes);
  if (!decision.allowed) throw newAccessForbidden(attributes, decision.reason);
}

function listOf(headers: CoreRequest['headers'], name: string): readonly string[] {
  const value = headers[name];
  if (value === undefined) return [];
  if (typeof value !== 'string') return value;
  // Node joins repeated headers with a comma; no group or user name contains one.
  return value.split(',').map((one) => one.trim());
}

function impersonatedExtra(headers: CoreRequest['headers']): Record<string, readonly string[]> {
  const extra: Record<string, readonly string[]> = {};
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(EXTRA_PREFIX)) continue;
    extra[decodeURIComponent(name.slice(EXTRA_PREFIX.length))] = listOf(headers, name);
  }
  return extra;
}

interface Impersonated {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name: string;
  readonly namespace?: string;
}

function questionsOf(
  name: string,
  groups: readonly string[],
  extra: UserInfo['extra'],
  uid: string,
) {
  const [, , namespace, account] = name.startsWith('system:serviceaccount:') ? name.split(':') : [];
  const questions: Impersonated[] =
    namespace && account
      ? [{ group: '', resource: 'serviceaccounts', name: account, namespace }]
      : [{ group: '', resource: 'users', name }];
  for (const one of groups) questions.push({ group: '', resource: 'groups', name: one });
  if (uid !== '') questions.push({ group: 'authentication.k8s.io', resource: 'uids', name: uid });
  for (const [key, values] of Object.entries(extra ?? {})) {
    const place = { group: 'authentication.k8s.io', resource: 'userextras', subresource: key };
    for (const value of values) questions.push({ ...place, name: value });
  }
  return questions;
}

function defaultGroups(name: string, groups: readonly string[]): readonly string[] {
  if (groups.length === 0 && name.startsWith('system:serviceaccount:')) {
    const namespace = name.split(':')[2] ?? '';
    return [
      'system:serviceaccounts',
      `system:serviceaccounts:${namespace}`,
      'system:authenticated',
    ];
  }
  const isAnonymous = name === 'system:anonymous';
  const all = isAnonymous ? 'system:unauthenticated' : 'system:authenticated';
  const known =
    groups.includes('system:authenticated') || groups.includes('system:unauthenticated');
  return known ? groups : [...groups, all];
}

/**
 * effectiveUser answers for whom a request is carried out: its user, or the one that it
 * impersonates, when the authorizer allows that user to.
 */
export async function effectiveUser(
  authorizer: Authorizer,
  user: UserInfo,
  headers: CoreRequest['headers'],
): Promise<UserInfo> {
  const name = headerOf(headers, 'impersonate-user');
  const groups = listOf(headers, 'impersonate-group');
  const uid = headerOf(headers, 'impersonate-uid');
  const extra = impersonatedExtra(headers);
  if (name === '') {
    if (groups.length === 0 && uid === '' && Object.keys(extra).length === 0) return user;
    throw newInternalError(
      new Error(`requested [${groups.join(' ')}] without impersonating a user`),
    );
  }
  for (const one of questionsOf(name, groups, extra, uid)) {
    await demandAccess(authorizer, {
      subresource: '',
      namespace: '',
      ...one,
      user,
      verb: 'impersonate',
      version: 'v1',
    });
  }
  const impersonated = { name, groups: defaultGroups(name, groups), extra };
  return uid === '' ? impersonated : { ...impersonated, uid };
}
