import {
  newBadRequest,
  newNotFound,
  newPathNotFound,
  type StatusError,
} from '../../machinery/status-error.ts';
import { serves } from '../registry/rest.ts';
import type { Call } from './call.ts';
import { newNotAllowed, takesMethod } from './not-allowed.ts';
import { patchTypeOf } from './patch.ts';

/** Place is what a request is sent to, before anything else of it is read. */
export type Place = Pick<Call, 'served' | 'info' | 'request'>;

/** OBJECT_VERBS are the verbs of subresources that are written like the object itself. */
const OBJECT_VERBS: readonly string[] = ['get', 'update', 'patch'];

/**
 * demandRoute refuses what is not served at a place, and patches of a type that is not taken there.
 * As upstream, this comes before what the query, the Accept header and the body say. Throws 404,
 * 405 and 415.
 */
export function demandRoute(place: Place): void {
  const { info, served } = place;
  if (info.subresource === '') demandVerb(place);
  else demandSubresource(place);
  // What is streamed is not read here, whatever it is.
  if (served.definition.subresources?.[info.subresource]?.kind === 'connect') return;
  if (info.verb === 'patch') patchTypeOf(place);
  // Where there are no routes, a collection gets as far as this.
  const isWrite = info.verb === 'patch' || info.verb === 'update';
  if (isWrite && info.name === '') throw newBadRequest('name must be provided');
}

function demandVerb(place: Place): void {
  const { served, info, request } = place;
  const { get, update, delete: remove } = served.rest;
  // Below a collection that only takes what is sent to it there are no paths.
  if (info.name !== '' && !get && !update && !remove) throw newPathNotFound();
  const isOtherWatch = info.verb === 'watch' && request.method !== 'GET' && hasRoutes(place);
  if (!isServed(place) || isOtherWatch || !takesMethod(place)) throw newNotAllowed(place);
}

/** hasRoutes is false of custom resources: one handler takes whatever is sent to them. */
function hasRoutes({ served }: Place): boolean {
  return served.definition.structure === undefined;
}

function isServed(place: Place): boolean {
  const { verb, name } = place.info;
  const { rest } = place.served;
  // A watch has the route of the list, which says where there is none.
  if (verb === 'watch' && serves(rest, 'list')) return true;
  if (!serves(rest, verb)) return false;
  if (!hasRoutes(place)) return true;
  if (verb === 'create') return name === '';
  return name !== '' || (verb !== 'update' && verb !== 'patch');
}

function demandSubresource(place: Place): void {
  const { served, info, request } = place;
  const subresource = served.definition.subresources?.[info.subresource];
  if (!subresource) throw noSubresource(place);
  const isConnect = subresource.kind === 'connect';
  if (info.subpath !== '' && !(isConnect && subresource.hasPath)) throw newPathNotFound();
  const isTaken = isConnect
    ? subresource.methods.includes(request.method)
    : takesMethod(place) && verbsOf(subresource).includes(info.verb);
  if (!isTaken) throw newNotAllowed(place);
}

type Kind = NonNullable<Call['served']['definition']['subresources']>[string];

function verbsOf(subresource: Exclude<Kind, { kind: 'connect' }>): readonly string[] {
  switch (subresource.kind) {
    case 'create':
    case 'get':
      return [subresource.kind];
    case 'update':
      return subresource.putOnly ? ['update'] : OBJECT_VERBS;
    default:
      return OBJECT_VERBS;
  }
}

/** noSubresource is the answer to a path below an object; where there are no routes, the object is not found. */
function noSubresource(place: Place): StatusError {
  const { served, info } = place;
  return hasRoutes(place) ? newPathNotFound() : newNotFound(served.definition.type, info.name);
}
