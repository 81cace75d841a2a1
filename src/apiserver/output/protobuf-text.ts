import {
  encodeEnvelope,
  encodeItem,
  encodeMessage,
  encodeMetadata,
  encodeWatchEvent,
} from '../../apis/protobuf/encode-protobuf.ts';
import { definitionOfKind } from '../../apis/schema/index.ts';
import { isJsonObject } from '../../machinery/json-value.ts';
import { Steps } from '../../machinery/steps.ts';
import type { WatchMessage } from '../cache/cache-event.ts';
import type { ListParts, Payload } from './payload.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const PARTIAL = 'PartialObjectMetadata';
const LIST = 'List';

interface Typed {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly metadata?: object;
}

/**
 * definitionOf answers the definition of a value; that of discovery documents has no version, and
 * versions before the first stable one have the messages of that.
 */
function definitionOf({ apiVersion = 'v1', kind = '' }: Typed): string {
  const stable = apiVersion.replace(/(?:alpha|beta)\d+$/, '');
  const definition = definitionOfKind(apiVersion, kind) ?? definitionOfKind(stable, kind);
  if (definition === undefined) throw new Error(`${kind} has no form in protocol buffers`);
  return definition;
}

/** messageOf writes an object, or its metadata where it has nothing else. */
function messageOf(value: Typed): Uint8Array {
  if (value.kind !== PARTIAL) return encodeMessage(definitionOf(value), value);
  return encodeMetadata(`${META}.ObjectMeta`, value.metadata ?? {});
}

function envelope({ apiVersion = '', kind = '' }: Typed, message: readonly Uint8Array[]) {
  return encodeEnvelope({ apiVersion, kind }, message);
}

/** protobufOf writes an object of a built-in kind, or the metadata of any, as protocol buffers. */
export function protobufOf(value: Typed): Uint8Array[] {
  const { items } = value as { readonly items?: readonly Typed[] };
  if (!items || !value.kind?.endsWith(LIST)) return envelope(value, [messageOf(value)]);
  const write = itemWriter(value);
  return envelope(value, [metadataOf(value), ...items.map((item) => encodeItem(write(item)))]);
}

function metadataOf({ metadata = {} }: Typed): Uint8Array {
  return encodeMetadata(`${META}.ListMeta`, metadata);
}

/** itemWriter answers what writes the items of a list. */
function itemWriter({ apiVersion, kind = '' }: Typed): (item: object) => Uint8Array {
  if (kind === `${PARTIAL}${LIST}`) return messageOf;
  const definition = definitionOf({
    ...(apiVersion && { apiVersion }),
    kind: kind.slice(0, -LIST.length),
  });
  return (item) => encodeMessage(definition, item);
}

async function protobufOfParts({ head, items, opening }: ListParts): Promise<Uint8Array[]> {
  const write = itemWriter(head);
  const message: Uint8Array[] = [];
  // Of many small buffers those that are kept would cost more than what they hold.
  let piece = [metadataOf(head)];
  const steps = new Steps();
  for (const item of items) {
    const value: unknown = JSON.parse((opening ?? '') + Buffer.from(item).toString('utf8'));
    if (isJsonObject(value)) piece.push(encodeItem(write(value)));
    const pause = steps.done(item.length);
    if (!pause) continue;
    message.push(Buffer.concat(piece));
    piece = [];
    await pause;
  }
  message.push(Buffer.concat(piece));
  return envelope(head, message);
}

/** protobufOfPayload writes an answer as protocol buffers; a long list is written in steps. */
export async function protobufOfPayload(payload: Payload): Promise<readonly Uint8Array[]> {
  if (payload.parts) return protobufOfParts(payload.parts);
  return protobufOf(payload.object as Typed);
}

const frames = new WeakMap<WatchMessage, Buffer>();

/** protobufFrame is the event of a watch as protocol buffers; written once for all watchers. */
export function protobufFrame(message: WatchMessage): Buffer {
  const known = frames.get(message);
  if (known) return known;
  const frame = encodeWatchEvent(message.type, protobufOf(message.payload.object as Typed));
  frames.set(message, frame);
  return frame;
}
