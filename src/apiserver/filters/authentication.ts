import { newUnauthorized } from '../../machinery/status-error.ts';
import type { Authenticator } from '../contracts.ts';
import type { Filter } from './filter.ts';

/** authentication finds out who sends a request; wrong credentials are answered with 401. */
export function authentication(authenticator: Authenticator): Filter {
  return (next) => async (request) => {
    const found = request.knownUser ?? authenticator.authenticate(request);
    // Most answers are at hand; awaiting one costs a turn of the queue.
    const user = found instanceof Promise ? await found : found;
    if (!user) throw newUnauthorized();
    request.user = user;
    return next(request);
  };
}
