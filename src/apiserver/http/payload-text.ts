import { isKnownKind } from '../../apis/schema/index.ts';
import { goJsonInOrder, sortedKeys } from '../../machinery/go-json.ts';
import { isJsonObject } from '../../machinery/json-value.ts';
import type { Status } from '../../machinery/meta/v1.ts';
import { Steps } from '../../machinery/steps.ts';
import { toYaml } from '../../machinery/yaml/to-yaml.ts';
import type { ListParts, Payload } from '../output/payload.ts';
import { protobufOf, protobufOfPayload } from '../output/protobuf-text.ts';
import { PROTOBUF } from '../request/media-type.ts';

/** PayloadFormat is how a payload is written: as it is, as YAML, or indented for reading. */
export type PayloadFormat = 'yaml' | 'pretty' | 'protobuf' | undefined;

/** How much more work YAML is than JSON of the same size. */
const YAML_EFFORT = 8;

/** contentTypeOf is the media type of a format. */
export function contentTypeOf(format: PayloadFormat): string {
  if (format === 'protobuf') return PROTOBUF;
  return format === 'yaml' ? 'application/yaml' : 'application/json';
}

const NEWLINE = Buffer.from('\n');

/** plainText is the JSON of a payload as it goes over the wire: with a newline, as Go's encoder ends it. */
export function* plainText(payload: Payload): Iterable<Uint8Array> {
  yield* payload.chunks();
  yield NEWLINE;
}

/** statusText writes the Status of a failure in a format. */
export function statusText(status: Status, format: PayloadFormat): string | Uint8Array {
  if (format === 'protobuf') return Buffer.concat(protobufOf(status));
  if (format === 'yaml') return toYaml(status);
  return format === 'pretty' ? indented(status) : `${goJsonInOrder(status)}\n`;
}

/**
 * payloadText writes a payload, fields in the order of the wire. A long list is written piece by
 * piece, in steps, as the pieces are asked for: nobody keeps all of it.
 */
export async function* payloadText(
  payload: Payload,
  format: PayloadFormat,
): AsyncIterable<Uint8Array> {
  const { parts } = payload;
  if (format === undefined) yield* plainText(payload);
  else if (format === 'protobuf') yield* await protobufOfPayload(payload);
  else if (parts && parts.count > 0) {
    yield* format === 'yaml' ? yamlOfParts(parts) : prettyOfParts(parts);
  } else {
    const value = parsed(Buffer.concat([...payload.chunks()]));
    yield Buffer.from(format === 'yaml' ? toYaml(value) : indented(value));
  }
}

function parsed(bytes: Uint8Array, opening = ''): unknown {
  return JSON.parse(opening + Buffer.from(bytes).toString('utf8'));
}

function indented(value: unknown, isCustom = isCustomObject(value)): string {
  return goJsonInOrder(isCustom ? sortedKeys(value) : value, 2);
}

/** isCustomObject tells custom objects, whose fields upstream sorts; the others have Go's order. */
function isCustomObject(value: unknown): boolean {
  if (!isJsonObject(value) || !isJsonObject(value.metadata) || value.kind === 'Status')
    return false;
  const { apiVersion, kind } = value;
  const isMeta = String(apiVersion).startsWith('meta.k8s.io/');
  return !isMeta && !isKnownKind(String(apiVersion), String(kind).replace(/List$/, ''));
}

/** PIECE_LENGTH is how much text is gathered before it is sent. */
const PIECE_LENGTH = 256 * 1024;

/** Opened is what comes before and after the items of a list, and what writes one of them. */
interface Opened {
  readonly begin: string;
  readonly end: string;
  /** How much more work than its bytes an item is. */
  readonly effort: number;
  itemText(item: Uint8Array, isFirst: boolean): string;
}

async function* textOfParts(items: Iterable<Uint8Array>, opened: Opened): AsyncIterable<Buffer> {
  const steps = new Steps();
  let text = opened.begin;
  let isFirst = true;
  for (const item of items) {
    text += opened.itemText(item, isFirst);
    isFirst = false;
    if (text.length >= PIECE_LENGTH) {
      yield Buffer.from(text);
      text = '';
    }
    const pause = steps.done(item.length * opened.effort);
    if (pause) await pause;
  }
  yield Buffer.from(text + opened.end);
}

function yamlOfParts({ head, field, items, opening }: ListParts): AsyncIterable<Buffer> {
  const entries = Object.entries(head);
  const textOf = (some: [string, unknown][]) =>
    some.length > 0 ? toYaml(Object.fromEntries(some)) : '';
  return textOfParts(items, {
    begin: `${textOf(entries.filter(([name]) => name < field))}${field}:\n`,
    end: textOf(entries.filter(([name]) => name > field)),
    effort: YAML_EFFORT,
    itemText: (item) => toYaml([parsed(item, opening)]),
  });
}

function prettyOfParts({ head, field, items, opening }: ListParts): AsyncIterable<Buffer> {
  const isCustom = field === 'items' && isCustomObject({ metadata: {}, ...head });
  return textOfParts(items, {
    begin: `${indented(head).slice(0, -2)},\n  "${field}": [\n`,
    end: '\n  ]\n}',
    effort: 1,
    itemText(item, isFirst) {
      const text = indented(parsed(item, opening), isCustom).replaceAll('\n', '\n    ');
      return `${isFirst ? '' : ',\n'}    ${text}`;
    },
  });
}
