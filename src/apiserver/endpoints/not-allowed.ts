import {
  newMethodNotSupported,
  newPathMethodNotAllowed,
  type StatusError,
} from '../../machinery/status-error.ts';
import type { Call } from './call.ts';

/**
 * newNotAllowed is the answer to a method that is not served: by upstream's router, or, of custom
 * resources, which have no routes, by what serves them.
 */
export function newNotAllowed({ served, info }: Pick<Call, 'served' | 'info'>): StatusError {
  const { structure, type } = served.definition;
  return structure ? newMethodNotSupported(type, info.verb) : newPathMethodNotAllowed();
}

/** takesMethod tells whether a request is of a method that has a route: HEAD has none. */
export function takesMethod({ served, request }: Pick<Call, 'served' | 'request'>): boolean {
  return request.method !== 'HEAD' || served.definition.structure !== undefined;
}
