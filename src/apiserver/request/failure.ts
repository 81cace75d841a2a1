import {
  newInternalError,
  newServiceUnavailable,
  StatusError,
} from '../../machinery/status-error.ts';
import { StoreClosedError } from '../../storage/store.ts';
import type { ApiLog } from '../contracts.ts';

/**
 * statusOf makes the Status of any failure. What is not one is a bug (or a failing disk): 500, and
 * a loud log. A server that is being stopped answers 503.
 */
export function statusOf(
  error: unknown,
  about: { readonly log: ApiLog; readonly what: string },
): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof StoreClosedError && error.cause === undefined) {
    return newServiceUnavailable('the server is shutting down');
  }
  about.log.error({ err: error, request: about.what }, 'a request failed inside');
  return newInternalError(error);
}
