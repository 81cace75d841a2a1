import { newFailure, newForbidden, type StatusError } from '../../machinery/status-error.ts';
import type { AuthorizationAttributes, Authorizer } from '../contracts.ts';
import type { RequestInfo } from '../request/request-info.ts';
import type { UserInfo } from '../resource-definition.ts';

const SANITIZE: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** sanitize escapes what a page would take for HTML, as upstream does in refusals. */
export function sanitize(text: string): string {
  return text.replace(/[&<>]/g, (char) => SANITIZE[char] ?? char);
}

/** forbiddenMessage words a refusal as upstream does: who cannot do what, where. */
function forbiddenMessage(attributes: AuthorizationAttributes): string {
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
  return newFailure({
    message: `forbidden: ${text}`,
    reason: 'Forbidden',
    details: {},
    code: 403,
  });
}

/** attributesOf is the question that a request asks the authorizer. */
export function attributesOf(user: UserInfo, info: RequestInfo): AuthorizationAttributes {
  const { verb, group, version, resource, subresource, namespace } = info;
  const { fieldSelector, labelSelector } = info;
  const name = info.name || (verb === 'create' ? '' : info.selectedName);
  const place = { user, verb, group, version, resource, subresource, name, namespace };
  const attributes: {
    -readonly [Key in keyof AuthorizationAttributes]: AuthorizationAttributes[Key];
  } = place;
  if (fieldSelector !== '') attributes.fieldSelector = fieldSelector;
  if (labelSelector !== '') attributes.labelSelector = labelSelector;
  if (!info.isResource) attributes.path = info.path;
  return attributes;
}

const DECISION = 'authorization.k8s.io/decision';
const REASON = 'authorization.k8s.io/reason';

/** AccessUndecided: whether a request is allowed could not be found out. */
export class AccessUndecided extends Error {
  override readonly name = 'AccessUndecided';
}

/**
 * demandAccess throws 403 unless the authorizer allows, and an AccessUndecided where that could not
 * be found out; `annotate` is told what it decided.
 */
export async function demandAccess(
  authorizer: Authorizer,
  attributes: AuthorizationAttributes,
  annotate?: (key: string, value: string) => void,
): Promise<void> {
  const decision = await authorizer.authorize(attributes);
  if (!decision.allowed && decision.error !== undefined) {
    annotate?.(REASON, 'internal error');
    throw new AccessUndecided(decision.error);
  }
  annotate?.(DECISION, decision.allowed ? 'allow' : 'forbid');
  annotate?.(REASON, decision.reason ?? '');
  if (!decision.allowed) throw newAccessForbidden(attributes, decision.reason);
}
