import { goJsonInOrder } from '../../machinery/go-json.ts';
import { Steps } from '../../machinery/steps.ts';
import { pathsOf, SECURITY, schemasOf } from './document-parts.ts';
import { GnosticV2 } from './gnostic-v2.ts';
import type { Json, OpenApiResource } from './openapi-resource.ts';
import type { Operation } from './operation.ts';
import type { Parameter } from './parameters.ts';
import { refTo, type SchemaStyle } from './schema-json.ts';

/** OpenApiInfo names the API in a document. */
export interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
}

const CODES: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

function parameterJson(one: Parameter): Json {
  return {
    uniqueItems: true,
    type: one.type,
    ...(one.description === '' ? {} : { description: one.description }),
    name: one.name,
    in: one.in,
    ...(one.in === 'path' ? { required: true } : {}),
  };
}

function operationJson(operation: Operation, own: readonly Parameter[]): Json {
  const { acts, output } = operation;
  const parameters: Json[] = own.map(parameterJson);
  if (operation.input !== undefined) {
    const required = operation.needsInput ? { required: true } : {};
    parameters.unshift({
      name: 'body',
      in: 'body',
      ...required,
      schema: refTo(operation.input, 2),
    });
  }
  const schema = output === '' ? { type: 'string' } : refTo(output, 2);
  const responses = operation.codes.map((code) => [code, { description: CODES[code], schema }]);
  return {
    description: operation.description,
    ...(operation.inputTypes.length > 0 && { consumes: operation.inputTypes }),
    produces: operation.outputTypes,
    schemes: ['https'],
    tags: [operation.tag],
    operationId: operation.id,
    ...(parameters.length > 0 ? { parameters } : {}),
    responses: { ...Object.fromEntries(responses), 401: { description: 'Unauthorized' } },
    ...(acts && {
      'x-kubernetes-action': acts.action,
      'x-kubernetes-group-version-kind': {
        group: acts.kind.group,
        kind: acts.kind.kind,
        version: acts.kind.version,
      },
    }),
  };
}

/** DocumentV2 is Swagger 2.0 of some operations with the schemas that they need. */
export interface DocumentV2 {
  readonly info: OpenApiInfo;
  /** Written while they are asked for, in the order of their names. */
  readonly paths: Iterable<[name: string, item: Json]>;
  readonly definitions: Iterable<[name: string, schema: Json]>;
}

/** documentV2 describes operations; there are many, so they are written one by one. */
export function documentV2(
  resources: readonly OpenApiResource[],
  operations: readonly Operation[],
  { info, style }: { readonly info: OpenApiInfo; readonly style: SchemaStyle },
): DocumentV2 {
  return {
    info,
    paths: pathsOf(operations, style.descriptions, { operationJson, parameterJson }),
    definitions: schemasOf(resources, operations, style),
  };
}

/** each does work on each of many things in steps, so that nobody waits for it. */
async function each<T>(all: Iterable<T>, work: (one: T) => void): Promise<void> {
  const steps = new Steps();
  for (const one of all) {
    work(one);
    const pause = steps.done(0);
    if (pause) await pause;
  }
}

const encoder = new TextEncoder();
const PIECE_LENGTH = 256 * 1024;

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of pieces) {
    all.set(one, at);
    at += one.length;
  }
  return all;
}

/** jsonOfV2 writes a document as JSON, in steps. */
export async function jsonOfV2({ info, paths, definitions }: DocumentV2): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let text = `{"swagger":"2.0","info":${JSON.stringify(info)},"paths":{`;
  const members = async (entries: Iterable<[string, Json]>) => {
    let comma = '';
    await each(entries, ([name, value]) => {
      text += `${comma}${JSON.stringify(name)}:${goJsonInOrder(value)}`;
      comma = ',';
      if (text.length < PIECE_LENGTH) return;
      pieces.push(encoder.encode(text));
      text = '';
    });
  };
  await members(paths);
  text += '},"definitions":{';
  await members(definitions);
  const security = JSON.stringify([{ BearerToken: [] }]);
  text += `},"securityDefinitions":${JSON.stringify(SECURITY)},"security":${security}}`;
  return joined([...pieces, encoder.encode(text)]);
}

/** protobufOfV2 writes a document as gnostic's `openapi.v2.Document`, in steps. */
export async function protobufOfV2(document: DocumentV2): Promise<Uint8Array> {
  const writer = new GnosticV2();
  await each(document.paths, ([name, item]) => writer.path(name, item));
  await each(document.definitions, ([name, schema]) => writer.definition(name, schema));
  return writer.finish('2.0', document.info);
}
