import { newBadRequest, newTimeout } from '../../machinery/status-error.ts';
import type { CoreAnswer } from '../request/core-request.ts';
import type { Filter, FrontRequest } from './filter.ts';
import { parseGoDuration } from './go-duration.ts';

/** DEFAULT_REQUEST_TIMEOUT_MS is how long a request may take that is not a long one (upstream's). */
export const DEFAULT_REQUEST_TIMEOUT_MS = 60_000;

/** deadlineOf is how long a request may take: what it asks for, up to the maximum. Throws 400. */
export function deadlineOf(query: URLSearchParams, maximumMs: number): number {
  const text = query.get('timeout');
  if (!text) return maximumMs;
  const duration = parseGoDuration(text);
  if ('error' in duration) {
    throw newBadRequest(`invalid timeout specified in the request URL - ${duration.error}`);
  }
  return duration.ms > 0 && duration.ms < maximumMs ? duration.ms : maximumMs;
}

/**
 * requestDeadline answers 504 to a request that takes too long, and calls off its signal. What the
 * request still does is not seen by anybody. Long-running requests have no deadline.
 */
export function requestDeadline(maximumMs: number): Filter {
  return (next) => (request) => {
    if (request.isLongRunning) return next(request);
    let timeoutMs: number;
    try {
      timeoutMs = deadlineOf(request.query, maximumMs);
    } catch (error) {
      return Promise.reject(error);
    }
    return withDeadline(next(request), request, timeoutMs);
  };
}

function withDeadline(
  answer: Promise<CoreAnswer>,
  request: FrontRequest,
  timeoutMs: number,
): Promise<CoreAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      request.isTerminated = true;
      reject(newTimeout('request did not complete within the allotted timeout'));
      request.abort();
    }, timeoutMs);
    answer.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
