import { parse as parseYaml, YAMLParseError } from 'yaml';
import { decodeProtobuf, hasProtobuf } from '../../apis/protobuf/decode-protobuf.ts';
import { ProtobufError } from '../../apis/protobuf/wire-reader.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import {
  newBadRequest,
  newRequestEntityTooLarge,
  newUnsupportedMediaType,
} from '../../machinery/status-error.ts';
import { cloneJson } from '../registry/clone.ts';
import { type CoreRequest, headerOf } from './core-request.ts';
import { duplicateFields } from './duplicate-fields.ts';
import { parseMediaType } from './media-type.ts';

/** MAX_BODY_BYTES is the size of a request's body above which it is refused (upstream's 3 MiB). */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

const SERVED = ['application/json', 'application/yaml'];

/** DecodedBody is a body as a value, with the fields that it named twice. */
export interface DecodedBody {
  readonly value: unknown;
  readonly duplicates: readonly string[];
  /** The beginning of the text, for messages. */
  readonly summary: string;
}

/** newBodyTooLarge is the answer to a body above the limit. */
export function newBodyTooLarge() {
  return newRequestEntityTooLarge(`limit is ${MAX_BODY_BYTES}`);
}

/** BodyNeeds says how a body is to be read. */
export interface BodyNeeds {
  readonly duplicates: boolean;
  /** The name of its schema in the catalogue: protocol buffers cannot be read without. */
  readonly definition: string;
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** readBody reads and parses the body of a write; undefined when there is none. */
export async function readBody(
  request: CoreRequest,
  needs: BodyNeeds,
): Promise<DecodedBody | undefined> {
  if (request.body.object !== undefined) {
    return { value: cloneJson(request.body.object), duplicates: [], summary: '' };
  }
  const bytes = await request.body.read(MAX_BODY_BYTES);
  if (bytes.length === 0) return undefined;
  const { type } = parseMediaType(headerOf(request.headers, 'content-type'));
  if (type === 'application/yaml') return parseYamlBody(bytes.toString('utf8'));
  if (type === '' || type === 'application/json') {
    return parseJsonBody(bytes.toString('utf8'), needs.duplicates);
  }
  if (type === PROTOBUF && hasProtobuf(needs.definition)) {
    return parseProtobufBody(needs.definition, bytes);
  }
  throw newUnsupportedMediaType(hasProtobuf(needs.definition) ? [...SERVED, PROTOBUF] : SERVED);
}

function parseProtobufBody(definition: string, bytes: Uint8Array): DecodedBody {
  try {
    return { value: decodeProtobuf(definition, bytes), duplicates: [], summary: '' };
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw newBadRequest(error.message, error);
  }
}

/** parseJsonBody parses JSON text; throws 400 in the words of upstream. */
export function parseJsonBody(text: string, withDuplicates: boolean): DecodedBody {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw newBadRequest(
      `couldn't get version/kind; json parse error: ${goSyntax(text, error)}`,
      error,
    );
  }
  const duplicates = withDuplicates ? duplicateFields(text) : [];
  return { value, duplicates, summary: text.slice(0, 30) };
}

/** goSyntax words a JSON syntax error as Go does, as far as the position is known. */
function goSyntax(text: string, error: unknown): string {
  const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  const char = at === undefined ? undefined : text[Number(at)];
  if (char === undefined) return 'unexpected end of JSON input';
  return `invalid character ${char === "'" ? "'\\''" : `'${char}'`} looking for beginning of value`;
}

/** parseYamlBody parses YAML text; throws 400. */
export function parseYamlBody(text: string): DecodedBody {
  try {
    return {
      value: parseYaml(text, { uniqueKeys: false }),
      duplicates: [],
      summary: text.slice(0, 30),
    };
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw newBadRequest(`error converting YAML to JSON: yaml: ${error.message}`, error);
  }
}

/** asJsonObject takes a body that must be an object; throws 400. */
export function asJsonObject(body: DecodedBody): JsonObject {
  if (isJsonObject(body.value)) return body.value;
  const found = Array.isArray(body.value) ? 'array' : typeof body.value;
  throw newBadRequest(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${found} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
  );
}
