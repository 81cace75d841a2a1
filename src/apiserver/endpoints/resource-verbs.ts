import { exactField, parseFieldSelector } from '../../machinery/fields.ts';
import type { DeleteOptions } from '../../machinery/meta/v1.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { newBadRequest } from '../../machinery/status-error.ts';
import { timedWatch } from '../cache/cache-watch.ts';
import type { Payload } from '../output/payload.ts';
import type { CoreRequest, CoreResponse } from '../request/core-request.ts';
import { checkCustomKind } from '../request/custom-kind.ts';
import { checkPlace, decodeObject } from '../request/decode-object.ts';
import { readDeleteOptions } from '../request/delete-options.ts';
import { checkListQuery, flag, parseListQuery } from '../request/list-query.ts';
import type { OperationContext } from '../request/operation-context.ts';
import { parseWriteQuery, type WriteQuery } from '../request/write-query.ts';
import type { StorageListOptions } from '../resource-definition.ts';
import type { Call } from './call.ts';
import { newNotAllowed } from './not-allowed.ts';
import { patchChange } from './patch.ts';

function payloadAnswer(payload: Payload, status = 200): CoreResponse {
  return { kind: 'payload', status, payload };
}

function notAllowed(call: Call): never {
  throw newNotAllowed(call);
}

function placeOf(call: Call, name?: string) {
  const { namespaced } = call.served.definition.type;
  const place = { namespaced, namespace: call.context.namespace };
  return name === undefined ? place : { ...place, name };
}

async function get(call: Call): Promise<CoreResponse> {
  const { rest } = call.served;
  if (!rest.get) return notAllowed(call);
  const { query } = call.request;
  if (flag(query, 'export')) {
    throw newBadRequest('the export parameter, deprecated since v1.14, is no longer supported');
  }
  const version = query.get('resourceVersion') ?? '';
  return payloadAnswer(await rest.get(call.info.name, call.context, version));
}

async function list(call: Call): Promise<CoreResponse> {
  const { rest } = call.served;
  if (!rest.list) return notAllowed(call);
  return payloadAnswer(await rest.list(parseListQuery(call.request.query), call.context));
}

const NAME = 'metadata.name';

/** A watch without a time of its own ends after once to twice so long, not all at the same moment. */
const MIN_WATCH_SECONDS = 1800;

/** fieldsOfWatch is the field selector of a watch, whose path may name one object. Throws 400. */
function fieldsOfWatch(name: string, fieldSelector: string): string {
  if (name === '') return fieldSelector;
  if (fieldSelector !== '' && exactField(parseFieldSelector(fieldSelector), NAME) !== name) {
    throw newBadRequest(`fieldSelector ${NAME} doesn't match requested name`);
  }
  return `${NAME}=${name}`;
}

async function watch(call: Call): Promise<CoreResponse> {
  const { rest } = call.served;
  if (!rest.watch) return notAllowed(call);
  const options = parseListQuery(call.request.query);
  const fieldSelector = fieldsOfWatch(call.info.name, options.fieldSelector);
  const source = await rest.watch({ ...options, fieldSelector }, call.context);
  const { timeoutSeconds } = options;
  const seconds =
    timeoutSeconds > 0 ? timeoutSeconds : MIN_WATCH_SECONDS * (1 + call.registry.random());
  return { kind: 'watch', source: timedWatch(source, seconds * 1000, call.setTimer) };
}

async function create(call: Call): Promise<CoreResponse> {
  const { rest, form } = call.served;
  if (!rest.create) return notAllowed(call);
  const draft = await decodeObject(call.request, form, call.context);
  checkPlace(draft, placeOf(call));
  if (form.structure) checkCustomKind(draft, form);
  return payloadAnswer(await rest.create(draft, call.context), 201);
}

async function update(call: Call): Promise<CoreResponse> {
  const { rest, form } = call.served;
  const { name, subresource } = call.info;
  if (!rest.update) return notAllowed(call);
  const body = await decodeObject(call.request, form, call.context);
  checkPlace(body, placeOf(call, name));
  let attempts = 0;
  const change = () => {
    if (form.structure) checkCustomKind(body, form);
    attempts += 1;
    return attempts === 1 ? body : structuredClone(body);
  };
  const options = { subresource, replace: true, demandsVersion: demandsVersion(body) };
  const result = await rest.update(name, change, { options, context: call.context });
  return payloadAnswer(result.payload, result.created ? 201 : 200);
}

function demandsVersion({ metadata }: KubeObject): boolean {
  const { resourceVersion = '' } = metadata;
  return resourceVersion !== '' && resourceVersion !== '0';
}

async function patch(call: Call): Promise<CoreResponse> {
  const { rest } = call.served;
  const { name, subresource } = call.info;
  if (!rest.update) return notAllowed(call);
  const { change, createMissing, isApply } = await patchChange(call);
  const options = { subresource, replace: false, createMissing, isApply };
  const result = await rest.update(name, change, { options, context: call.context });
  return payloadAnswer(result.payload, result.created ? 201 : 200);
}

function withDryRun(context: OperationContext, options: DeleteOptions): OperationContext {
  return options.dryRun?.includes('All') ? context.with({ dryRun: true }) : context;
}

async function remove(call: Call): Promise<CoreResponse> {
  const { rest } = call.served;
  if (!rest.delete) return notAllowed(call);
  const options = await readDeleteOptions(call.request);
  const context = withDryRun(call.context, options);
  return payloadAnswer(await rest.delete(call.info.name, options, context));
}

/** collectionOf is what a delete of a collection lists, in pages: of a version that it names, that very one. */
function collectionOf(query: URLSearchParams): StorageListOptions {
  checkListQuery(query, 'list');
  const list = parseListQuery(query);
  const { resourceVersion, resourceVersionMatch } = list;
  const isNamed = resourceVersion !== '' && resourceVersion !== '0';
  if (!isNamed || resourceVersionMatch !== '') return list;
  return { ...list, resourceVersionMatch: 'Exact' };
}

async function removeCollection(call: Call): Promise<CoreResponse> {
  const { rest } = call.served;
  if (!rest.deleteCollection) return notAllowed(call);
  const list = collectionOf(call.request.query);
  const options = await readDeleteOptions(call.request);
  const context = withDryRun(call.context, options);
  return payloadAnswer(await rest.deleteCollection(list, options, context));
}

const VERBS: Readonly<Record<string, (call: Call) => Promise<CoreResponse>>> = {
  get,
  list,
  watch,
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
};

/** serveVerb carries out a request to an object or a collection. */
export function serveVerb(call: Call): Promise<CoreResponse> {
  const verb = VERBS[call.info.verb];
  return verb ? verb(call) : notAllowed(call);
}

/** serveObjectVerbs are the verbs of subresources that are written like the object itself. */
export const serveObjectVerbs = { get, update, patch };

const OPTIONS: Readonly<Record<string, string>> = {
  create: 'CreateOptions',
  patch: 'PatchOptions',
  update: 'UpdateOptions',
};

/** writeQueryOf reads the query of a write by the verb's kind of options; a delete reads its own. */
export function writeQueryOf(request: CoreRequest, verb: string): Partial<WriteQuery> {
  const kind = OPTIONS[verb];
  return kind === undefined ? {} : parseWriteQuery(request, kind);
}
