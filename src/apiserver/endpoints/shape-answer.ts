import type { KubeList, KubeObject } from '../../machinery/object.ts';
import { newBadRequest, newFormNotAcceptable } from '../../machinery/status-error.ts';
import { WatchMessage } from '../cache/cache-event.ts';
import type { WatchSource } from '../cache/message-sink.ts';
import { ListPayload } from '../output/list-payload.ts';
import { partialListOf, partialListOfStored, partialOf } from '../output/partial-metadata.ts';
import { objectPayload, type Payload } from '../output/payload.ts';
import { wantsPretty } from '../output/pretty.ts';
import { type IncludeObject, tableOf, tableOfList } from '../output/table.ts';
import { type CoreRequest, type CoreResponse, headerOf } from '../request/core-request.ts';
import { internalPackage, type ObjectForm } from '../request/decode-object.ts';
import type { Shape } from '../request/media-type.ts';
import type { Call } from './call.ts';

function includeObjectOf(request: CoreRequest): IncludeObject {
  const text = request.query.get('includeObject') || 'Metadata';
  if (text === 'None' || text === 'Metadata' || text === 'Object') return text;
  throw newBadRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(text)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

function isList(value: KubeObject | KubeList): value is KubeList {
  return 'items' in value && Array.isArray(value.items);
}

/** Shaper brings objects and lists into a form. */
interface Shaper {
  change(value: KubeObject | KubeList): object;
  /** The same for a stored list, which may be long: in steps. */
  changeList(list: ListPayload): Promise<Payload>;
}

/** shaper answers what brings objects into a form; undefined: they stay as they are. */
function shaper(call: Call, shape: Shape): Shaper | undefined {
  switch (shape.as) {
    case 'object':
      return undefined;
    case 'Table':
      return tableShaper(call, shape.version);
    default:
      return partialShaper(shape.as, shape.version, call.served.form);
  }
}

function tableShaper(call: Call, version: string): Shaper {
  const { definition } = call.served;
  const { now } = call.context;
  const options = { version, includeObject: includeObjectOf(call.request), now };
  let headers = true;
  return {
    change(value) {
      const table = tableOf(definition, value, { ...options, headers });
      headers = false;
      return table;
    },
    changeList: (list) => tableOfList(definition, list, { ...options, headers }),
  };
}

function partialShaper(
  as: 'PartialObjectMetadata' | 'PartialObjectMetadataList',
  version: string,
  { group, kind, structure }: ObjectForm,
) {
  const goType = `*${structure ? 'unstructured.Unstructured' : `${internalPackage(group)}.${kind}`}`;
  const refuse = (text: string) => {
    throw newFormNotAcceptable(`you requested ${as}, but the requested object is ${text}`);
  };
  const checkList = () => {
    if (as === 'PartialObjectMetadata') refuse(`a list (${goType}List)`);
  };
  const shaped: Shaper = {
    change(value) {
      if (!isList(value)) {
        if (as === 'PartialObjectMetadataList') refuse(`not a list (${goType})`);
        return partialOf(value, version);
      }
      checkList();
      return partialListOf(value, version);
    },
    async changeList(list) {
      checkList();
      return partialListOfStored(list, version);
    },
  };
  return shaped;
}

/** shapeMessage shapes one event; a bookmark has nothing to print, only its version to tell. */
function shapeMessage(message: WatchMessage, shape: Shape, shaped: Shaper): WatchMessage {
  const object = message.payload.object as KubeObject;
  if (shape.as === 'Table' && message.type === 'BOOKMARK') {
    const rows = [{ cells: [], object: partialOf(object, shape.version) }];
    const { resourceVersion } = object.metadata;
    const apiVersion = `meta.k8s.io/${shape.version}`;
    const table = { kind: 'Table', apiVersion, metadata: { resourceVersion }, rows };
    return new WatchMessage(message.type, objectPayload({ ...table, columnDefinitions: null }));
  }
  return new WatchMessage(message.type, objectPayload(shaped.change(object)));
}

function shapeWatch(source: WatchSource, shape: Shape, shaped: Shaper): WatchSource {
  return {
    open: (sink) =>
      source.open({
        send: (message) =>
          sink.send(message.type === 'ERROR' ? message : shapeMessage(message, shape, shaped)),
        end: () => sink.end(),
        taken: () => sink.taken?.(),
      }),
  };
}

/** isStatus: a Status is answered as it is, whatever form was asked for. */
function isStatus(value: unknown): boolean {
  return (value as { kind?: unknown } | undefined)?.kind === 'Status';
}

async function shapePayload(payload: Payload, shaped: Shaper): Promise<Payload> {
  if (payload instanceof ListPayload) return shaped.changeList(payload);
  if (isStatus(payload.object)) return payload;
  return objectPayload(shaped.change(payload.object as KubeObject | KubeList));
}

/** withoutNames leaves kind and apiVersion out of the items of a computed list, as stored ones do. */
function withoutNames(call: Call, payload: Payload): Payload {
  if (payload instanceof ListPayload || call.request.info.verb !== 'list') return payload;
  const list = payload.object as KubeObject | KubeList;
  if (!isList(list)) return payload;
  const items = list.items.map(({ kind: _kind, apiVersion: _version, ...rest }) => rest);
  return objectPayload({ ...list, items });
}

/** shapeAnswer brings an answer into the form that the Accept header asks for. */
export async function shapeAnswer(call: Call, response: CoreResponse): Promise<CoreResponse> {
  if (response.kind !== 'payload' && response.kind !== 'watch') return response;
  const { shape, format } = call.accepted;
  const shaped = shaper(call, shape);
  if (response.kind === 'watch') {
    const source = shaped ? shapeWatch(response.source, shape, shaped) : response.source;
    return { kind: 'watch', source, format: format === 'protobuf' ? format : undefined };
  }
  const { query, headers } = call.request;
  const isPretty = wantsPretty(query, headerOf(headers, 'user-agent'));
  const asked = format === 'json' ? response.format : format;
  const formatted = format === 'json' && isPretty ? 'pretty' : asked;
  const { payload } = response;
  const shown = shaped ? await shapePayload(payload, shaped) : withoutNames(call, payload);
  const { kind, status, headers: more } = response;
  return { kind, status, payload: shown, format: formatted, headers: more };
}
