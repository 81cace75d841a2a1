import { decodeProtobuf, hasProtobuf } from '../../apis/protobuf/decode-protobuf.ts';
import { ProtobufError } from '../../apis/protobuf/wire-reader.ts';
import { jsonSyntaxError } from '../../machinery/json-syntax-error.ts';
import { isJsonObject, type JsonObject, jsonTypeOf } from '../../machinery/json-value.ts';
import {
  newBadRequest,
  newRequestEntityTooLarge,
  newUnsupportedMediaType,
} from '../../machinery/status-error.ts';
import { cloneJson } from '../registry/clone.ts';
import { type CoreRequest, headerOf } from './core-request.ts';
import { checkDepth, strictFindings } from './json-fields.ts';
import { PROTOBUF, parseMediaType } from './media-type.ts';
import { parseYamlText, YamlTextError } from './yaml-text.ts';

/** MAX_BODY_BYTES is the size of a request's body above which it is refused (upstream's 3 MiB). */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

const SERVED = ['application/json', 'application/yaml'];

/** DecodedBody is a body as a value. */
export interface DecodedBody {
  readonly value: unknown;
  /** What was sent, where it was sent as text. */
  readonly bytes?: Buffer;
  /**
   * What a strict decoder reports, in upstream's words and order: keys that the body names twice,
   * and `unknownFields`, the paths that the schema does not know.
   */
  findings(unknownFields: readonly string[]): readonly string[];
}

/** newBodyTooLarge is the answer to a body above the limit. */
export function newBodyTooLarge() {
  return newRequestEntityTooLarge(`limit is ${MAX_BODY_BYTES}`);
}

const SUMMARY_LENGTH = 30;

/** BodyForm is what a body is to be. */
export interface BodyForm {
  readonly kind: string;
  /** The name of its schema in the catalogue: protocol buffers cannot be read without. */
  readonly definition: string;
  /** True for what is read without saying in which kind it was to be. */
  readonly isPlain?: boolean;
}

/** demandBodyType refuses a body in a type that cannot be read as what it is to be. Throws 415. */
export function demandBodyType(request: CoreRequest, form: Pick<BodyForm, 'definition'>): void {
  if (request.body.object !== undefined) return;
  const { type } = parseMediaType(headerOf(request.headers, 'content-type'));
  const isRead = type === '' || SERVED.includes(type);
  if (isRead || (type === PROTOBUF && hasProtobuf(form.definition))) return;
  throw newUnsupportedMediaType([...SERVED, PROTOBUF]);
}

/** Sent is what came as a body: its bytes, or the object of a client in this process, copied. */
export type Sent = { readonly bytes: Buffer } | { readonly object: unknown };

/** readSent reads what is sent now; the function that it answers makes sense of that, once, later. */
export async function readSent<T>(
  { body }: CoreRequest,
  make: (sent: Sent) => T,
): Promise<() => T> {
  const bytes = body.object === undefined ? await body.read(MAX_BODY_BYTES) : undefined;
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make(bytes ? { bytes } : { object: cloneJson(body.object) }) };
    return made.value;
  };
}

/** readBody reads and parses the body of a write; undefined when there is none. */
export async function readBody(
  request: CoreRequest,
  form: BodyForm,
): Promise<DecodedBody | undefined> {
  if (request.body.object !== undefined) return plainBody(cloneJson(request.body.object));
  const bytes = await request.body.read(MAX_BODY_BYTES);
  const { type } = parseMediaType(headerOf(request.headers, 'content-type'));
  const unrecognized = (text: string, cause?: unknown) =>
    form.isPlain ? newBadRequest(text, cause) : newUnrecognized(form.kind, { text, bytes, cause });
  const isEmpty = bytes.length === 0;
  if (isEmpty && type === PROTOBUF && hasProtobuf(form.definition) && !form.isPlain)
    throw unrecognized('empty data');
  // No YAML is a document all the same: null.
  if (isEmpty && type !== 'application/yaml') return undefined;
  if (type === 'application/yaml') return parseYamlBody(bytes, unrecognized);
  if (type === '' || type === 'application/json') return parseJsonBody(bytes, unrecognized);
  if (type === PROTOBUF && hasProtobuf(form.definition)) {
    return parseProtobufBody(form.definition, bytes, unrecognized);
  }
  throw newUnsupportedMediaType([...SERVED, PROTOBUF]);
}

type Refuse = (text: string, cause?: unknown) => Error;

/** unknownFieldTexts words unknown fields as the strict decoder does. */
function unknownFieldTexts(paths: readonly string[]): string[] {
  return paths.map((path) => `unknown field "${path}"`);
}

/** plainBody is a body that has no text of its own. */
export function plainBody(value: unknown): DecodedBody {
  return { value, findings: unknownFieldTexts };
}

/** newUnrecognized is the answer to a body of which not even the kind can be read (400). */
export function newUnrecognized(
  kind: string,
  about: { readonly text: string; readonly bytes: Buffer; readonly cause?: unknown },
) {
  const { text, bytes, cause } = about;
  return newBadRequest(
    `the object provided is unrecognized (must be of type ${kind}): ${text} (${summaryOf(bytes)})`,
    cause,
  );
}

function summaryOf(bytes: Buffer): string {
  if (bytes.length === 0) return '<empty>';
  const isText = bytes[0] === 0x7b;
  const start = bytes.subarray(0, SUMMARY_LENGTH).toString(isText ? 'utf8' : 'hex');
  return bytes.length > SUMMARY_LENGTH ? `${start} ...` : start;
}

function parseProtobufBody(definition: string, bytes: Buffer, refuse: Refuse): DecodedBody {
  try {
    return plainBody(decodeProtobuf(definition, bytes));
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw refuse(error.message, error);
  }
}

/** NO_KIND begins what is said of a body of which not even kind and version can be read. */
export const NO_KIND = "couldn't get version/kind; json parse error: ";

/** typeMetaProblem words why kind and version of a value cannot be read; undefined: they can. */
export function typeMetaProblem(value: unknown): string | undefined {
  if (!isJsonObject(value)) return undefined;
  for (const name of ['apiVersion', 'kind']) {
    const one = value[name] ?? '';
    if (typeof one === 'string') continue;
    return `${NO_KIND}json: cannot unmarshal ${jsonTypeOf(one)} into Go struct field .${name} of type string`;
  }
  const apiVersion = String(value.apiVersion ?? '');
  if (apiVersion.split('/').length <= 2) return undefined;
  return `unexpected GroupVersion string: ${apiVersion}`;
}

/** checkTyped refuses what cannot say of which kind it is; null says nothing. */
function checkTyped(value: unknown, refuse: Refuse): void {
  if (value !== null && value !== undefined && !isJsonObject(value)) {
    throw refuse(
      `${NO_KIND}json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    );
  }
  const problem = typeMetaProblem(value);
  if (problem !== undefined) throw refuse(problem);
}

function parseJsonBody(bytes: Buffer, refuse: Refuse): DecodedBody {
  const text = bytes.toString('utf8');
  checkDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(NO_KIND + jsonSyntaxError(text), error);
  }
  checkTyped(value, refuse);
  return { value, bytes, findings: (unknown) => strictFindings(text, unknown) };
}

function parseYamlBody(bytes: Buffer, refuse: Refuse): DecodedBody {
  try {
    const { value, duplicates } = parseYamlText(bytes.toString('utf8'));
    checkTyped(value, refuse);
    return {
      value,
      bytes,
      findings: (unknown) => [...duplicates, ...unknownFieldTexts([...unknown].sort())],
    };
  } catch (error) {
    if (!(error instanceof YamlTextError)) throw error;
    throw refuse(error.message, error);
  }
}

/** objectOf takes the object of a body; null is an empty one, as for Go. Throws 400 for another. */
export function objectOf(body: DecodedBody): JsonObject {
  if (body.value === null || body.value === undefined) return {};
  if (isJsonObject(body.value)) return body.value;
  throw newBadRequest('the body must be an object');
}
