import {
  newMethodNotSupported,
  newPathMethodNotAllowed,
  type StatusError,
} from '../../machinery/status-error.ts';
import { serves } from '../registry/rest.ts';
import type { RequestInfo } from '../request/request-info.ts';
import type { Call } from './call.ts';
import type { ServedResource } from './served-resource.ts';

/**
 * newNotAllowed is the answer to a method that is not served: by upstream's router, or, of custom
 * resources, which have no routes, and of watches, which have that of lists, by what serves them.
 */
export function newNotAllowed({ served, info }: Pick<Call, 'served' | 'info'>): StatusError {
  const { structure, type } = served.definition;
  const { list, watch } = served.rest;
  const isList = info.verb === 'watch' && list !== undefined && watch === undefined;
  return structure || isList ? newMethodNotSupported(type, info.verb) : newPathMethodNotAllowed();
}

/** takesMethod tells whether a request is of a method that has a route: HEAD has none. */
export function takesMethod({ served, request }: Pick<Call, 'served' | 'request'>): boolean {
  return request.method !== 'HEAD' || served.definition.structure !== undefined;
}

/**
 * isRouted tells whether upstream gets as far as to what serves a resource: to that of a custom
 * resource with every verb, to others by a route, of which a watch has that of the list.
 */
export function isRouted({ definition, rest }: ServedResource, info: RequestInfo): boolean {
  const { verb, subresource } = info;
  if (subresource !== '')
    return verb !== '' && definition.subresources?.[subresource] !== undefined;
  if (definition.structure) return verb !== '';
  return serves(rest, verb === 'watch' ? 'list' : verb);
}
