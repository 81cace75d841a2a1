import { stringify as yamlText } from 'yaml';
import { isKnownKind } from '../../apis/schema/index.ts';
import { goJsonInOrder, sortedKeys } from '../../machinery/go-json.ts';
import { isJsonObject } from '../../machinery/json-value.ts';
import type { Status } from '../../machinery/meta/v1.ts';
import type { ListParts, Payload } from '../output/payload.ts';
import { protobufOf, protobufOfPayload } from '../output/protobuf-text.ts';
import { PROTOBUF } from '../request/media-type.ts';
import { Steps } from '../steps.ts';

/** PayloadFormat is how a payload is written: as it is, as YAML, or indented for reading. */
export type PayloadFormat = 'yaml' | 'pretty' | 'protobuf' | undefined;

/** Version 1.1 quotes what Go's reader would take for a time or a boolean. */
const YAML_OPTIONS = {
  aliasDuplicateObjects: false,
  version: '1.1',
  sortMapEntries: true,
  indentSeq: false,
  lineWidth: 0,
} as const;

/** How much more work YAML is than JSON of the same size. */
const YAML_EFFORT = 64;

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
  if (format === 'yaml') return yamlText(status, YAML_OPTIONS);
  return format === 'pretty' ? indented(status) : `${goJsonInOrder(status)}\n`;
}

/** payloadText writes a payload, fields in the order of the wire; a long list is written in steps. */
export async function payloadText(
  payload: Payload,
  format: PayloadFormat,
): Promise<readonly Uint8Array[]> {
  const { parts } = payload;
  if (format === undefined) return [...plainText(payload)];
  if (format === 'protobuf') return protobufOfPayload(payload);
  if (parts && parts.count > 0) {
    return format === 'yaml' ? yamlOfParts(parts) : prettyOfParts(parts);
  }
  const value = parsed(Buffer.concat([...payload.chunks()]));
  const text = format === 'yaml' ? yamlText(value, YAML_OPTIONS) : indented(value);
  return [Buffer.from(text)];
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

async function yamlOfParts({ head, field, items, opening }: ListParts): Promise<Buffer[]> {
  const entries = Object.entries(head);
  const textOf = (some: [string, unknown][]) =>
    Buffer.from(some.length > 0 ? yamlText(Object.fromEntries(some), YAML_OPTIONS) : '');
  const chunks = [textOf(entries.filter(([name]) => name < field)), Buffer.from(`${field}:\n`)];
  const steps = new Steps();
  for (const item of items) {
    const text = yamlText({ item: [parsed(item, opening)] }, YAML_OPTIONS);
    chunks.push(Buffer.from(text.slice('item:\n'.length)));
    const pause = steps.done(item.length * YAML_EFFORT);
    if (pause) await pause;
  }
  chunks.push(textOf(entries.filter(([name]) => name > field)));
  return chunks;
}

async function prettyOfParts({ head, field, items, opening }: ListParts): Promise<Buffer[]> {
  const chunks = [Buffer.from(`${indented(head).slice(0, -2)},\n  "${field}": [\n`)];
  const isCustom = field === 'items' && isCustomObject({ metadata: {}, ...head });
  const steps = new Steps();
  for (const item of items) {
    const text = indented(parsed(item, opening), isCustom).replaceAll('\n', '\n    ');
    chunks.push(Buffer.from(`${chunks.length > 1 ? ',\n' : ''}    ${text}`));
    const pause = steps.done(item.length);
    if (pause) await pause;
  }
  chunks.push(Buffer.from('\n  ]\n}'));
  return chunks;
}
