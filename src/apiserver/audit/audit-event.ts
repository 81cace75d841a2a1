import type { Status } from '../../machinery/meta/v1.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { FrontRequest } from '../filters/filter.ts';
import { headerOf } from '../request/core-request.ts';
import type { RequestInfo } from '../request/request-info.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { AuditLevel, AuditStage } from './audit-policy.ts';

/** AuditFacts is what is known of a request at one stage. */
export interface AuditFacts {
  readonly level: AuditLevel;
  readonly stage: AuditStage;
  readonly request: FrontRequest;
  /** Who sent it; undefined: that was not found out. */
  readonly user: UserInfo | undefined;
  readonly impersonated?: UserInfo | undefined;
  readonly responseStatus?: object | undefined;
  /** The object of the body, which may name what the path does not. */
  readonly sent?: unknown;
  /** The same, where it is to be recorded. */
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly now: Date;
}

const MAX_USER_AGENT = 1024;

function userOf(user: UserInfo | undefined): object {
  if (!user) return {};
  const { name, uid, groups, extra } = user;
  return {
    username: name,
    ...(uid ? { uid } : {}),
    ...(groups.length > 0 ? { groups } : {}),
    ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

function metadataOf(value: unknown): Partial<KubeObject['metadata']> {
  return (value as Partial<KubeObject> | undefined)?.metadata ?? {};
}

/** objectRefOf names what a request is about; the name of what is created is in its body. */
function objectRefOf(info: RequestInfo, sent: unknown): object | undefined {
  if (!info.isResource) return undefined;
  const { name: given, uid, resourceVersion } = metadataOf(sent);
  const name = info.name || (given ?? '');
  return {
    resource: info.resource,
    ...(info.namespace === '' ? {} : { namespace: info.namespace }),
    ...(name === '' ? {} : { name }),
    ...(uid ? { uid } : {}),
    ...(info.group === '' ? {} : { apiGroup: info.group }),
    apiVersion: info.version,
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(info.subresource === '' ? {} : { subresource: info.subresource }),
  };
}

/** sourceIpsOf are the addresses that the request passed, the nearest last. */
function sourceIpsOf({ headers, remoteAddress }: FrontRequest): string[] {
  const forwarded = headerOf(headers, 'x-forwarded-for');
  const before = forwarded === '' ? [] : forwarded.split(',').map((one) => one.trim());
  const real = headerOf(headers, 'x-real-ip');
  if (before.length === 0 && real !== '') before.push(real);
  return before.includes(remoteAddress) ? before : [...before, remoteAddress];
}

/** microTime writes a time as Kubernetes' MicroTime. */
function microTime(time: Date): string {
  return time.toISOString().replace('Z', '000Z');
}

/** auditEvent makes an Event of audit.k8s.io/v1, its fields in the order of upstream. */
export function auditEvent(facts: AuditFacts): object {
  const { request, impersonated, annotations } = facts;
  const objectRef = objectRefOf(request.info, facts.sent);
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: facts.level,
    auditID: request.auditId,
    stage: facts.stage,
    requestURI: request.url,
    verb: request.info.verb,
    user: userOf(facts.user),
    ...(impersonated ? { impersonatedUser: userOf(impersonated) } : {}),
    sourceIPs: sourceIpsOf(request),
    userAgent: headerOf(request.headers, 'user-agent').slice(0, MAX_USER_AGENT),
    ...(objectRef ? { objectRef } : {}),
    ...(facts.responseStatus ? { responseStatus: facts.responseStatus } : {}),
    ...(facts.requestObject === undefined ? {} : { requestObject: facts.requestObject }),
    ...(facts.responseObject === undefined ? {} : { responseObject: facts.responseObject }),
    requestReceivedTimestamp: microTime(request.receivedAt),
    stageTimestamp: microTime(facts.now),
    ...(annotations ? { annotations } : {}),
  };
}

/** auditLine writes an event as one line, as Go's encoder does. */
export function auditLine(event: object): string {
  const escaped = JSON.stringify(event).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${escaped}\n`;
}

/** statusOfAnswer is the responseStatus of an answer: a Status without its type, else only the code. */
export function statusOfAnswer(code: number, object: unknown): object {
  const status = object as Partial<Status> | undefined;
  if (status?.kind !== 'Status') return { metadata: {}, code };
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = status;
  return { ...rest, code };
}

function withoutOwn(object: KubeObject): KubeObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata ?? {};
  return { ...object, metadata };
}

interface Shown extends KubeObject {
  readonly items?: readonly KubeObject[];
  readonly rows?: readonly { readonly object?: KubeObject }[];
}

/** withoutManagedFields leaves managed fields out of an object, a list or a Table. */
export function withoutManagedFields(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Shown;
  if (object.items) return { ...object, items: object.items.map(withoutOwn) };
  if (object.rows) {
    const rows = object.rows.map((row) =>
      row.object ? { ...row, object: withoutOwn(row.object) } : row,
    );
    return { ...object, rows };
  }
  return object.metadata?.managedFields ? withoutOwn(object) : object;
}
