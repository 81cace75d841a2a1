import type { ApiBody } from '../../client/transport.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { objectPayload } from '../output/payload.ts';
import { newAdmissionRequest } from '../registry/admission-request.ts';
import { iterableWatch } from '../registry/computed-rest.ts';
import { checkNamespace } from '../registry/namespace-check.ts';
import { admitMutating, admitValidating, type Registry } from '../registry/registry.ts';
import type { CoreResponse } from '../request/core-request.ts';
import { checkPlace, decodeObject } from '../request/decode-object.ts';
import type { ConnectRequest, Subresource } from '../resource-definition.ts';
import type { Call } from './call.ts';
import { connectFacts } from './connect-options.ts';
import { newNotAllowed } from './not-allowed.ts';
import { serveObjectVerbs } from './resource-verbs.ts';
import { serveScale } from './scale.ts';

type Kind<K extends Subresource<KubeObject>['kind']> = Extract<
  Subresource<KubeObject>,
  { kind: K }
>;

/** READ_BY_CONNECTING is the subresource that streams but is a read to upstream: not admitted. */
const READ_BY_CONNECTING = 'log';

function notAllowed(call: Call): never {
  throw newNotAllowed(call);
}

/** serveSubresource carries out a request to a path below an object, for which there is a route. */
export async function serveSubresource(call: Call): Promise<CoreResponse> {
  const subresource = call.served.definition.subresources?.[call.info.subresource];
  switch (subresource?.kind) {
    case 'status':
    case 'update':
      return serveLikeObject(call);
    case 'scale':
      return serveScale(call, subresource);
    case 'create':
      return serveCreate(call, subresource);
    case 'get':
      return {
        kind: 'payload',
        status: 200,
        payload: objectPayload(await subresource.get(call.info.name, call.context)),
      };
    case 'connect':
      return serveConnect(call, subresource);
    case undefined:
      return notAllowed(call);
  }
}

async function serveLikeObject(call: Call): Promise<CoreResponse> {
  const { verb } = call.info;
  if (verb === 'get' || verb === 'update' || verb === 'patch') return serveObjectVerbs[verb](call);
  return notAllowed(call);
}

async function serveCreate(call: Call, subresource: Kind<'create'>): Promise<CoreResponse> {
  const { registry, context, info, served } = call;
  const { type } = served.definition;
  const input = await decodeObject(call.request, subresource.input, context);
  checkPlace(input, { namespaced: type.namespaced, namespace: context.namespace });
  checkNamespace(registry.hub, served.definition, { name: info.name, namespace: info.namespace });
  const facts = {
    definition: served.definition,
    form: subresource.input,
    subresource: info.subresource,
    name: info.name,
    object: input,
  };
  const request = newAdmissionRequest('CREATE', facts, context);
  await admitMutating(registry, request);
  await admitValidating(registry, request);
  const output = await subresource.create(info.name, input, context);
  return { kind: 'payload', status: 201, payload: objectPayload(output) };
}

async function serveConnect(call: Call, subresource: Kind<'connect'>): Promise<CoreResponse> {
  const { registry, request, info, context } = call;
  if (info.subresource !== READ_BY_CONNECTING) {
    const facts = connectFacts(call, subresource.outputKind);
    const admission = newAdmissionRequest('CONNECT', facts, context);
    await admitMutating(registry, admission);
    await admitValidating(registry, admission);
  }
  const connect: ConnectRequest = {
    name: info.name,
    method: request.method,
    subpath: withEndingOf(request.path, info.subpath),
    query: request.query,
    headers: request.headers,
    body: request.body.stream(),
    ...(request.upgrade ? { upgrade: request.upgrade } : {}),
  };
  return connected(registry, await subresource.connect(connect, context), context.signal);
}

/** withEndingOf gives a subpath back the slash at its end, which means something to who serves it. */
function withEndingOf(path: string, subpath: string): string {
  return path.endsWith('/') && !subpath.endsWith('/') ? `${subpath}/` : subpath;
}

function connected(
  { log }: Registry,
  body: ApiBody | undefined,
  signal: AbortSignal,
): CoreResponse {
  if (body === undefined) return { kind: 'taken' };
  switch (body.kind) {
    case 'object':
      return { kind: 'payload', status: 200, payload: objectPayload(body.object) };
    case 'watch':
      return { kind: 'watch', source: iterableWatch(body.events, signal, log) };
    case 'bytes':
      return { ...body, status: body.status ?? 200 };
  }
}
