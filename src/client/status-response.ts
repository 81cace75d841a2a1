import type { Status } from '../machinery/meta/v1.ts';
import { newFailure, StatusError } from '../machinery/status-error.ts';

const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/**
 * statusErrorOf turns a response other than 2xx into a StatusError: its own Status where it is
 * one, else one made from the code and the text as client-go does.
 */
export function statusErrorOf(code: number, body: string): StatusError {
  const status = parseStatus(body);
  if (status) return new StatusError({ ...status, code: status.code ?? code });
  const text = body.trim();
  return newFailure({
    message:
      text === '' ? 'an error on the server has prevented the request from succeeding' : text,
    reason: REASONS[code] ?? 'Unknown',
    code,
  });
}

/** isFailureStatus tells whether an object is a Status that reports a failure. */
function isFailureStatus(object: unknown): object is Status {
  const status = object as Partial<Status> | null;
  return typeof status === 'object' && status?.kind === 'Status' && status.status === 'Failure';
}

function parseStatus(body: string): Status | undefined {
  try {
    const object: unknown = JSON.parse(body);
    return isFailureStatus(object) ? object : undefined;
  } catch {
    return undefined;
  }
}
