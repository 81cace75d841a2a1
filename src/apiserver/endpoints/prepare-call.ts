import { hasProtobuf } from '../../apis/protobuf/decode-protobuf.ts';
import { newBadRequest } from '../../machinery/status-error.ts';
import type { ApiClock } from '../contracts.ts';
import type { DeprecatedApis } from '../metrics/deprecated-apis.ts';
import type { Registry } from '../registry/registry.ts';
import { type CoreRequest, headerOf } from '../request/core-request.ts';
import { demandBodyType } from '../request/decode-body.ts';
import { checkListQuery } from '../request/list-query.ts';
import { type Accepted, demandOffer, negotiate, type Offer } from '../request/media-type.ts';
import { OperationContext } from '../request/operation-context.ts';
import type { RequestInfo } from '../request/request-info.ts';
import type { Call } from './call.ts';
import { isRouted } from './not-allowed.ts';
import { writeQueryOf } from './resource-verbs.ts';
import { demandRoute } from './routes.ts';
import type { ServedResource } from './served-resource.ts';

/** READS are the verbs that change nothing. */
export const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** CallDeps is what prepareCall needs beside the request. */
export interface CallDeps {
  readonly registry: Registry;
  readonly clock: ApiClock;
  readonly deprecated: DeprecatedApis;
}

/**
 * prepareCall reads all of a request but its body, and refuses what is wrong with it in upstream's
 * order: the route, the Accept header as the router sees it, options of lists, the Accept header,
 * the type of what is created, options of writes. Throws StatusError.
 */
export function prepareCall(request: CoreRequest, served: ServedResource, deps: CallDeps): Call {
  const { info, query, headers } = request;
  const isCustom = served.definition.structure !== undefined;
  const warnings = request.warnings ?? [];
  const warn = () => warnOfDeprecation(request, served, { deps, warnings });
  if (isCustom) warn();
  demandRoute({ served, info, request });
  checkSegment(info.name);
  const subresource = served.definition.subresources?.[info.subresource];
  const isStream = subresource?.kind === 'connect';
  const accept = headerOf(headers, 'accept');
  // What is streamed has no dry run; upstream reads logs in another way.
  if (isStream && query.has('dryRun') && info.subresource !== 'log') {
    throw newBadRequest('dryRun is not supported');
  }
  const offer = isStream ? undefined : offerOf(request, served);
  if (offer) demandOffer(accept, offer);
  if (!isCustom) warn();
  if (info.verb === 'list' || info.verb === 'watch') checkListQuery(query, info.verb);
  const accepted = offer ? negotiate(accept, offer) : STREAMED;
  if (info.verb === 'create' && !isStream) demandBodyType(request, formOfBody(served, subresource));
  const context = contextOf(request, { deps, warnings, isStream });
  const setTimer = deps.clock.setTimer.bind(deps.clock);
  return { registry: deps.registry, served, info, request, context, accepted, setTimer };
}

const STREAMED: Accepted = { shape: { as: 'object' }, format: 'json' };

/** offerOf is what a path can answer with. */
function offerOf({ info }: CoreRequest, served: ServedResource): Offer {
  const { definition, form, rest } = served;
  return {
    isLoose: definition.structure !== undefined,
    isCustom: !hasProtobuf(form.definition),
    hasWatch: info.name === '' && rest.watch !== undefined && READS.has(info.verb),
    isWatch: info.verb === 'watch',
    hasNoTable: !isPrinted(info.subresource, served),
  };
}

/** isPrinted tells what has columns: objects that can be read, their status and their scale. */
function isPrinted(subresource: string, { definition, rest }: ServedResource): boolean {
  if (subresource === '') return rest.get !== undefined || rest.list !== undefined;
  const kind = definition.subresources?.[subresource]?.kind;
  return kind !== 'create' && kind !== 'update';
}

/** warnOfDeprecation warns of what is deprecated, where upstream gets as far as to what serves it. */
function warnOfDeprecation(
  { info, method }: CoreRequest,
  served: ServedResource,
  { deps, warnings }: { readonly deps: CallDeps; readonly warnings: string[] },
): void {
  const { deprecation } = served.definition;
  if (deprecation === undefined || method === 'HEAD' || !isRouted(served, info)) return;
  warnings.push(deprecation);
  deps.deprecated.requested(info);
}

type AnySubresource = NonNullable<ServedResource['definition']['subresources']>[string];

/** formOfBody is what a create sends: the object, or what its subresource takes. */
function formOfBody({ form }: ServedResource, subresource: AnySubresource | undefined) {
  return subresource?.kind === 'create' ? subresource.input : form;
}

/** checkSegment refuses names that no object can have, as they mean something else in paths. Throws 400. */
function checkSegment(name: string): void {
  const isDots = name === '.' || name === '..';
  if (!isDots && !name.includes('%')) return;
  const problem = isDots ? `may not be '${name}'` : "may not contain '%'";
  throw newBadRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${problem}`);
}

/** namespaceOf is the namespace of the objects: a Namespace or Project is in none. */
export function namespaceOf(info: RequestInfo): string {
  return info.resource === 'namespaces' || info.resource === 'projects' ? '' : info.namespace;
}

interface Known {
  readonly deps: CallDeps;
  readonly warnings: string[];
  /** True where the query is that of a stream, which has no options of writes. */
  readonly isStream: boolean;
}

function contextOf(request: CoreRequest, { deps, warnings, isStream }: Known): OperationContext {
  const { info, user, query } = request;
  const isWrite = !isStream && !READS.has(info.verb);
  const write = isWrite ? writeQueryOf(request, info.verb) : undefined;
  const facts = {
    user,
    namespace: namespaceOf(info),
    now: deps.clock.now(),
    request,
    dryRun: write?.dryRun ?? false,
    fieldManager: write?.fieldManager ?? '',
    fieldValidation: write?.fieldValidation ?? 'Warn',
    query,
  };
  return new OperationContext(facts, warnings);
}
