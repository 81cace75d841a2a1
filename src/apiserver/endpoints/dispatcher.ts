import {
  newBadRequest,
  newPathMethodNotAllowed,
  newPathNotFound,
  type StatusError,
} from '../../machinery/status-error.ts';
import type { ApiClock, Authorizer } from '../contracts.ts';
import type { DelegatedApi } from '../delegation.ts';
import { plainAnswer } from '../filters/filter.ts';
import type { DeprecatedApis } from '../metrics/deprecated-apis.ts';
import type { Registry } from '../registry/registry.ts';
import type { CoreAnswer, CoreRequest, CoreResponse } from '../request/core-request.ts';
import type { RequestInfo } from '../request/request-info.ts';
import { AccessUndecided, attributesOf, demandAccess, sanitize } from './access.ts';
import { namespaceOf, prepareCall, READS } from './prepare-call.ts';
import { serveVerb } from './resource-verbs.ts';
import type { ServedResource } from './served-resource.ts';
import { shapeAnswer } from './shape-answer.ts';
import { serveSubresource } from './subresource-verbs.ts';

/** PAGE_NOT_FOUND is the answer to a path below which nothing is served, not even an API group. */
export const PAGE_NOT_FOUND: CoreResponse = {
  kind: 'bytes',
  status: 404,
  contentType: 'text/plain; charset=utf-8',
  bytes: Buffer.from('404 page not found\n'),
  headers: { 'X-Content-Type-Options': 'nosniff' },
};

/** DispatcherDeps is what a Dispatcher needs. */
export interface DispatcherDeps {
  readonly registry: Registry;
  readonly authorizer: Authorizer;
  readonly clock: ApiClock;
  readonly deprecated: DeprecatedApis;
  find(info: RequestInfo): ServedResource | undefined;
  /** Present where other servers serve a part of the API. */
  readonly delegated: DelegatedApi | undefined;
  /** Tells whether a group has routes: anything of it is served, in whichever version, that is no custom resource. */
  hasGroup(group: string): boolean;
  /** Serves a path that is not a resource's; undefined: there is no such path. */
  serveOther(request: CoreRequest, info: RequestInfo): Promise<CoreResponse | undefined>;
}

/** Dispatcher is the one way in: every request, from HTTP or from this process, passes here. */
export class Dispatcher {
  readonly #deps: DispatcherDeps;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  /** handle carries out a request for its user, if that may. Failures are thrown as StatusError. */
  async handle(request: CoreRequest): Promise<CoreAnswer> {
    const { authorizer } = this.#deps;
    const { info, user } = request;
    try {
      await demandAccess(authorizer, attributesOf(user, info), request.annotate);
    } catch (error) {
      if (error instanceof AccessUndecided) return undecided(request, error);
      throw error;
    }
    const delegated = this.#deps.delegated?.serve(request);
    if (delegated) return { response: await delegated, warnings: [] };
    if (!info.isResource) return this.#other(request, info);
    const served = this.#deps.find(info);
    if (!served) return this.#other(request, info);
    const isCustom = served.definition.structure !== undefined;
    if (!isCustom && hasNoRoute(info)) return this.#other(request, info);
    if (!isInScope(served, info)) {
      if (!isCustom && isListing(served, info)) throw notInAllNamespaces(info);
      return this.#other(request, info);
    }
    const call = prepareCall(request, served, this.#deps);
    const response = info.subresource === '' ? await serveVerb(call) : await serveSubresource(call);
    return { response: await shapeAnswer(call, response), warnings: call.context.warnings };
  }

  async #other(request: CoreRequest, info: RequestInfo): Promise<CoreAnswer> {
    const response = await this.#deps.serveOther(request, info);
    if (response) return { response, warnings: [] };
    if (this.#isKnown(request.path, info)) throw newPathNotFound();
    return { response: PAGE_NOT_FOUND, warnings: [] };
  }

  /** Below what is served, a Status says that there is nothing; elsewhere a plain text. */
  #isKnown(path: string, info: RequestInfo): boolean {
    if (info.isResource) return this.#deps.hasGroup(info.group);
    if (/^\/(?:api|version)\//.test(path)) return true;
    const [, root, group = '', version = ''] = path.split('/');
    return root === 'apis' && version !== '' && this.#deps.hasGroup(group);
  }
}

/** undecided is the answer where nobody could say whether a request is allowed, in Go's plain text. */
function undecided({ path, query }: CoreRequest, { message }: Error): CoreAnswer {
  const text = query.toString();
  const target = text === '' ? path : `${path}?${text}`;
  return plainAnswer(500, sanitize(`Internal Server Error: ${JSON.stringify(target)}: ${message}`));
}

/**
 * hasNoRoute tells of paths that nothing serves although there is a resource in them: with the old
 * verb, or with an empty segment.
 */
function hasNoRoute({ verb, name, subresource, subpath }: RequestInfo): boolean {
  const hasHole = (name === '' && subresource !== '') || (subresource === '' && subpath !== '');
  return verb === 'proxy' || hasHole;
}

/** isListing tells whether a path is that of a namespaced resource in all namespaces. */
function isListing({ definition, rest }: ServedResource, info: RequestInfo): boolean {
  if (!definition.type.namespaced || !rest.list) return false;
  return info.name === '' && info.subresource === '';
}

/** notInAllNamespaces is the answer to what can be done in one namespace only. */
function notInAllNamespaces({ verb, path }: RequestInfo): StatusError {
  const hasGap = verb === 'deletecollection' && path.includes('/namespaces//');
  return hasGap ? newBadRequest('Namespace parameter required.') : newPathMethodNotAllowed();
}

/** isInScope tells whether a request names a namespace exactly where the resource has one. */
export function isInScope(served: ServedResource, info: RequestInfo): boolean {
  const { namespaced } = served.definition.type;
  const namespace = namespaceOf(info);
  if (!namespaced) return namespace === '';
  if (namespace !== '') return true;
  return info.name === '' && READS.has(info.verb);
}
