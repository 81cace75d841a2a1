import { newUnauthorized } from '../../machinery/status-error.ts';
import type { Authenticator } from '../contracts.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { Filter, FrontRequest } from './filter.ts';

/** authentication finds out who sends a request; wrong credentials are answered with 401. */
export function authentication(authenticator: Authenticator): Filter {
  return (next) => {
    const goOn = (request: FrontRequest, user: UserInfo | undefined) => {
      if (!user) return Promise.reject(newUnauthorized());
      request.user = user;
      return next(request);
    };
    return (request) => {
      const found = request.knownUser ?? authenticator.authenticate(request);
      // Most answers are at hand; a promise more costs a turn of the queue.
      if (found instanceof Promise) return found.then((user) => goOn(request, user));
      return goOn(request, found);
    };
  };
}
