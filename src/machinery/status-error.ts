import { type FieldError, fieldErrorsText } from './field-error.ts';
import type { Status, StatusDetails } from './meta/v1.ts';
import { groupResource } from './object.ts';

interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/**
 * StatusError carries a Kubernetes Status. Everything the API answers other than success is one;
 * the constructors below follow k8s.io/apimachinery `api/errors` word for word.
 */
export class StatusError extends Error {
  readonly status: Status & { code: number };

  constructor(status: Status & { code: number }, options?: ErrorOptions) {
    super(status.message, options);
    this.name = 'StatusError';
    this.status = status;
  }

  get code(): number {
    return this.status.code;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
}

/** Failure is what a Status says of a request that failed. */
export interface Failure {
  readonly code: number;
  /** Absent where upstream has none: of errors that it did not expect. */
  readonly reason?: string;
  readonly message: string;
  readonly details?: StatusDetails | undefined;
  readonly cause?: unknown;
}

/** newFailure makes the error of a failure that has no constructor of its own below. */
export function newFailure({ code, reason, message, details, cause }: Failure): StatusError {
  const status: Status & { code: number } = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason !== undefined && { reason }),
    ...(details && { details }),
    code,
  };
  return new StatusError(status, cause === undefined ? undefined : { cause });
}

function detailsOf(resource: GroupResource, name: string): StatusDetails {
  const details: StatusDetails = {};
  if (name !== '') details.name = name;
  if (resource.group !== '') details.group = resource.group;
  if (resource.resource !== '') details.kind = resource.resource;
  return details;
}

/** newNotFound: 404, `pods "web" not found`. */
export function newNotFound(resource: GroupResource, name: string, cause?: unknown): StatusError {
  return newFailure({
    code: 404,
    reason: 'NotFound',
    message: `${groupResource(resource)} "${name}" not found`,
    details: detailsOf(resource, name),
    cause,
  });
}

/** newPathNotFound: 404 for a path that no resource serves. */
export function newPathNotFound(): StatusError {
  return newFailure({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  });
}

/** newAlreadyExists: 409, `pods "web" already exists`. */
export function newAlreadyExists(
  resource: GroupResource,
  name: string,
  cause?: unknown,
): StatusError {
  return newFailure({
    code: 409,
    reason: 'AlreadyExists',
    message: `${groupResource(resource)} "${name}" already exists`,
    details: detailsOf(resource, name),
    cause,
  });
}

/** newGenerateNameConflict: 409 of an object that has a generateName; who sends it again may get a free name. */
export function newGenerateNameConflict(resource: GroupResource, name: string): StatusError {
  const { status } = newAlreadyExists(resource, name);
  return new StatusError({
    ...status,
    message: `${status.message}, the server was not able to generate a unique name for the object`,
    details: { ...status.details, retryAfterSeconds: 1 },
  });
}

/** OPTIMISTIC_LOCK_MESSAGE is the text of a write that lost against a newer resourceVersion. */
const OPTIMISTIC_LOCK_MESSAGE =
  'the object has been modified; please apply your changes to the latest version and try again';

/** newConflict: 409, `Operation cannot be fulfilled on pods "web": …`. */
export function newConflict(
  resource: GroupResource,
  name: string,
  message = OPTIMISTIC_LOCK_MESSAGE,
): StatusError {
  return newFailure({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${groupResource(resource)} "${name}": ${message}`,
    details: detailsOf(resource, name),
  });
}

/** newForbidden: 403, `pods "web" is forbidden: …` (without a name: `pods is forbidden: …`). */
export function newForbidden(resource: GroupResource, name: string, message: string): StatusError {
  const subject =
    name === '' ? groupResource(resource) : `${groupResource(resource)} ${JSON.stringify(name)}`;
  return newFailure({
    code: 403,
    reason: 'Forbidden',
    message: `${subject} is forbidden: ${message}`,
    details: detailsOf(resource, name),
  });
}

const NAMESPACE_TERMINATING = 'NamespaceTerminating';

/** newNamespaceTerminating: 403 for what would be created in a namespace that is going. */
export function newNamespaceTerminating(
  resource: GroupResource,
  name: string,
  namespace: string,
): StatusError {
  const { status } = newForbidden(
    resource,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  const cause = {
    reason: NAMESPACE_TERMINATING,
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  return new StatusError({ ...status, details: { ...status.details, causes: [cause] } });
}

/** newUnauthorized: 401. */
export function newUnauthorized(message = 'Unauthorized'): StatusError {
  return newFailure({ code: 401, reason: 'Unauthorized', message });
}

/** newInvalid: 422 with a cause per field error, `Pod "web" is invalid: …`. */
export function newInvalid(
  kind: GroupKind,
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const details = detailsOf({ group: kind.group, resource: kind.kind }, name);
  details.causes = errors.map((one) => ({ reason: one.type, message: one.body, field: one.field }));
  const qualified = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  return newFailure({
    code: 422,
    reason: 'Invalid',
    message: `${qualified} "${name}" is invalid: ${fieldErrorsText(errors)}`,
    details,
  });
}

/** newBadRequest: 400. */
export function newBadRequest(message: string, cause?: unknown): StatusError {
  return newFailure({ code: 400, reason: 'BadRequest', message, cause });
}

/** newPathMethodNotAllowed: 405 for a method that nothing at the path serves. */
export function newPathMethodNotAllowed(): StatusError {
  return newFailure({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  });
}

/** newMethodNotSupported: 405, `update is not supported on resources of kind "pods"`. */
export function newMethodNotSupported(resource: GroupResource, verb: string): StatusError {
  const { group, resource: kind } = resource;
  const name = JSON.stringify(groupResource(resource));
  return newFailure({
    code: 405,
    reason: 'MethodNotAllowed',
    message: `${verb} is not supported on resources of kind ${name}`,
    details: { ...(group && { group }), kind },
  });
}

/** newExpired: 410, a resourceVersion or continue token older than the history that is kept. */
export function newExpired(message: string, cause?: unknown): StatusError {
  return newFailure({ code: 410, reason: 'Expired', message, cause });
}

/** newNoRepresentation: 406, the Accept header names no media type that is served at all. */
export function newNoRepresentation(served: readonly string[]): StatusError {
  return newFailure({
    code: 406,
    reason: 'NotAcceptable',
    message: `406: Not Acceptable\n\nAvailable representations: ${served.join(', ')}`,
    details: {},
  });
}

/** newFormNotAcceptable: 406, the answer cannot have the form that was asked for. */
export function newFormNotAcceptable(message: string): StatusError {
  return newFailure({ code: 406, reason: 'NotAcceptable', message });
}

/** newNotAcceptable: 406, none of the accepted media types can be produced. */
export function newNotAcceptable(accepted: readonly string[]): StatusError {
  return newFailure({
    code: 406,
    reason: 'NotAcceptable',
    message: `only the following media types are accepted: ${accepted.join(', ')}`,
  });
}

/** newPatchTypeNotSupported: 415, a patch in a media type that is no kind of patch. */
export function newPatchTypeNotSupported(): StatusError {
  return newFailure({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: '415: Unsupported Media Type',
    details: {},
  });
}

/** newUnsupportedMediaType: 415. */
export function newUnsupportedMediaType(accepted: readonly string[]): StatusError {
  return newFailure({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  });
}

/** newRequestEntityTooLarge: 413. */
export function newRequestEntityTooLarge(message: string): StatusError {
  return newFailure({
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: `Request entity too large: ${message}`,
  });
}

/** newTooManyRequests: 429 with the seconds after which to try again. */
export function newTooManyRequests(message: string, retryAfterSeconds: number): StatusError {
  return newFailure({
    code: 429,
    reason: 'TooManyRequests',
    message,
    details: { retryAfterSeconds },
  });
}

/** newPlainError: 500 with nothing but a text, as upstream answers errors that it did not expect. */
export function newPlainError(message: string, cause?: unknown): StatusError {
  return newFailure({ code: 500, message, cause });
}

/** newTimeout: 504, the server could not finish the request in time. */
export function newTimeout(message: string, retryAfterSeconds = 0): StatusError {
  return newFailure({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: ${message}`,
    details: { retryAfterSeconds },
  });
}

/** newServiceUnavailable: 503. */
export function newServiceUnavailable(message: string, cause?: unknown): StatusError {
  return newFailure({ code: 503, reason: 'ServiceUnavailable', message, cause });
}

/** newInternalError: 500, `Internal error occurred: …`; the cause is kept for the log. */
export function newInternalError(cause: unknown): StatusError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return newFailure({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${text}`,
    details: { causes: [{ message: text }] },
    cause,
  });
}

/** isStatusError tells whether an error is a Status, of one reason if given. */
export function isStatusError(error: unknown, reason?: string): error is StatusError {
  return error instanceof StatusError && (reason === undefined || error.reason === reason);
}

/** isNotFound tells whether the API answered that the object does not exist. */
export function isNotFound(error: unknown): error is StatusError {
  return isStatusError(error, 'NotFound');
}

/** isAlreadyExists tells whether a create met an object of that name. */
export function isAlreadyExists(error: unknown): error is StatusError {
  return isStatusError(error, 'AlreadyExists');
}

/**
 * isNamespaceGone tells whether a create was refused as its namespace is being terminated, or is
 * gone: nothing can be created in it, however often one tries.
 */
export function isNamespaceGone(error: unknown): error is StatusError {
  if (isNotFound(error)) return error.status.details?.kind === 'namespaces';
  if (!isStatusError(error, 'Forbidden')) return false;
  return (error.status.details?.causes ?? []).some((one) => one.reason === NAMESPACE_TERMINATING);
}

/** isConflict tells whether a write lost against a newer resourceVersion. */
export function isConflict(error: unknown): error is StatusError {
  return isStatusError(error, 'Conflict');
}
