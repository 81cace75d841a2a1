import type { KubeList, KubeObject } from '../../machinery/object.ts';
import { newBadRequest, newNotAcceptable } from '../../machinery/status-error.ts';
import { WatchMessage } from '../cache/cache-event.ts';
import type { WatchSource } from '../cache/cache-watch.ts';
import { partialListOf, partialOf } from '../output/partial-metadata.ts';
import { objectPayload } from '../output/payload.ts';
import { type IncludeObject, tableOf } from '../output/table.ts';
import { type CoreRequest, type CoreResponse, headerOf } from '../request/core-request.ts';
import { negotiate, type Shape } from '../request/media-type.ts';
import type { Call } from './call.ts';

const PRETTY_AGENTS = /^(curl|Wget|Mozilla)\//;

function wantsPretty(request: CoreRequest): boolean {
  const asked = request.query.get('pretty');
  if (asked !== null) return asked !== 'false' && asked !== '0';
  return PRETTY_AGENTS.test(headerOf(request.headers, 'user-agent'));
}

function includeObjectOf(request: CoreRequest): IncludeObject {
  const text = request.query.get('includeObject') || 'Metadata';
  if (text === 'None' || text === 'Metadata' || text === 'Object') return text;
  throw newBadRequest(`unrecognized includeObject value: ${JSON.stringify(text)}`);
}

function isList(value: KubeObject | KubeList): value is KubeList {
  return 'items' in value && Array.isArray(value.items);
}

type Change = (value: KubeObject | KubeList) => object;

/** shaper answers the function that brings objects into a form; undefined: as they are. */
function shaper(call: Call, shape: Shape): Change | undefined {
  if (shape.as === 'object') return undefined;
  const { version } = shape;
  if (shape.as === 'Table') {
    const includeObject = includeObjectOf(call.request);
    let headers = true;
    return (value) => {
      const { now } = call.context;
      const table = tableOf(call.served.definition, value, {
        version,
        includeObject,
        now,
        headers,
      });
      headers = false;
      return table;
    };
  }
  return (value) => {
    if (isList(value)) {
      if (shape.as === 'PartialObjectMetadata') throw newNotAcceptable(['application/json']);
      return partialListOf(value, version);
    }
    return partialOf(value, version);
  };
}

/** shapeMessage shapes one event; a bookmark has nothing to print, only its version to tell. */
function shapeMessage(message: WatchMessage, shape: Shape, change: Change): WatchMessage {
  const object = message.payload.object as KubeObject;
  if (shape.as === 'Table' && message.type === 'BOOKMARK') {
    const rows = [{ cells: [], object: partialOf(object, shape.version) }];
    const { resourceVersion } = object.metadata;
    const apiVersion = `meta.k8s.io/${shape.version}`;
    const table = { kind: 'Table', apiVersion, metadata: { resourceVersion }, rows };
    return new WatchMessage(message.type, objectPayload({ ...table, columnDefinitions: null }));
  }
  return new WatchMessage(message.type, objectPayload(change(object)));
}

function shapeWatch(source: WatchSource, shape: Shape, change: Change): WatchSource {
  return {
    open: (sink) =>
      source.open({
        send: (message) =>
          sink.send(message.type === 'ERROR' ? message : shapeMessage(message, shape, change)),
        end: () => sink.end(),
      }),
  };
}

/** isStatus: a Status is answered as it is, whatever form was asked for. */
function isStatus(value: unknown): boolean {
  return (value as { kind?: unknown } | undefined)?.kind === 'Status';
}

/** shapeAnswer brings an answer into the form that the Accept header asks for. */
export function shapeAnswer(call: Call, response: CoreResponse): CoreResponse {
  if (response.kind !== 'payload' && response.kind !== 'watch') return response;
  const { shape, format } = negotiate(headerOf(call.request.headers, 'accept'));
  const change = shaper(call, shape);
  if (response.kind === 'watch') {
    if (!change) return response;
    return { kind: 'watch', source: shapeWatch(response.source, shape, change) };
  }
  const formatted =
    format === 'yaml' ? 'yaml' : wantsPretty(call.request) ? 'pretty' : response.format;
  if (!change || isStatus(response.payload.object)) return { ...response, format: formatted };
  const object = change(response.payload.object as KubeObject | KubeList);
  return { ...response, payload: objectPayload(object), format: formatted };
}
