import type { Authorizer } from '../contracts.ts';
import { effectiveUser } from '../endpoints/impersonation.ts';
import type { CoreRequest } from '../request/core-request.ts';
import type { Filter } from './filter.ts';

function impersonates(headers: CoreRequest['headers']): boolean {
  for (const name in headers) if (name.startsWith('impersonate-')) return true;
  return false;
}

/** impersonation lets a user act as another one, where the authorizer allows it. */
export function impersonation(authorizer: Authorizer): Filter {
  return (next) => (request) => {
    if (!impersonates(request.headers)) return next(request);
    return effectiveUser(authorizer, request.user, request.headers).then((user) => {
      request.user = user;
      return next(request);
    });
  };
}
