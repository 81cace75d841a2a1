import { isJsonObject } from '../../machinery/json-value.ts';
import {
  listOf,
  message,
  namedMessage,
  namedMessages,
  objectOf,
  writeExtensions,
} from './json-messages.ts';
import type { Json } from './openapi-resource.ts';
import type { WireWriter } from './wire-writer.ts';

/**
 * The protocol buffer form of Swagger 2.0 that clients before kubectl 1.27 ask for: messages and
 * field numbers of gnostic's `openapiv2.proto`, as far as Kubernetes uses them.
 */

/** An Any is YAML text; JSON is YAML. */
function any(value: unknown): WireWriter {
  return message().string(2, `${JSON.stringify(value)}\n`);
}

function additional(value: unknown): WireWriter | undefined {
  if (value === undefined) return undefined;
  return isJsonObject(value) ? message().message(1, schema(value)) : message().bool(2, value);
}

function schema(json: Json): WireWriter {
  const writer = message().string(1, json.$ref).string(2, json.format).string(4, json.description);
  if (json.default !== undefined) writer.message(5, any(json.default));
  writer.strings(19, json.required);
  for (const value of listOf(json.enum)) writer.message(20, any(value));
  writer.message(21, additional(json.additionalProperties));
  if (json.type !== undefined) writer.message(22, message().strings(1, [json.type]));
  if (json.items !== undefined)
    writer.message(23, message().message(1, schema(objectOf(json.items))));
  if (json.properties !== undefined) writer.message(25, namedMessages(1, json.properties, schema));
  return writeExtensions(writer, 31, json, any);
}

function bodyParameter(json: Json): WireWriter {
  return message()
    .string(1, json.description)
    .string(2, json.name)
    .string(3, json.in)
    .bool(4, json.required)
    .message(5, schema(objectOf(json.schema)));
}

function queryParameter(json: Json): WireWriter {
  return message()
    .bool(1, json.required)
    .string(2, json.in)
    .string(3, json.description)
    .string(4, json.name)
    .string(6, json.type)
    .bool(20, json.uniqueItems);
}

function pathParameter(json: Json): WireWriter {
  return message()
    .bool(1, json.required)
    .string(2, json.in)
    .string(3, json.description)
    .string(4, json.name)
    .string(5, json.type)
    .bool(19, json.uniqueItems);
}

function parameter(json: Json): WireWriter {
  if (json.in === 'body') return message().message(1, bodyParameter(json));
  const nonBody =
    json.in === 'query'
      ? message().message(3, queryParameter(json))
      : message().message(4, pathParameter(json));
  return message().message(2, nonBody);
}

function response(json: Json): WireWriter {
  const writer = message().string(1, json.description);
  if (json.schema !== undefined)
    writer.message(2, message().message(1, schema(objectOf(json.schema))));
  return message().message(1, writer);
}

function operation(value: unknown): WireWriter | undefined {
  if (!isJsonObject(value)) return undefined;
  const writer = message()
    .strings(1, value.tags)
    .string(3, value.description)
    .string(5, value.operationId)
    .strings(6, value.produces)
    .strings(7, value.consumes);
  for (const one of listOf(value.parameters))
    writer.message(8, message().message(1, parameter(objectOf(one))));
  writer.message(9, namedMessages(1, value.responses, response)).strings(10, value.schemes);
  return writeExtensions(writer, 13, value, any);
}

const METHODS: readonly [string, number][] = [
  ['get', 2],
  ['put', 3],
  ['post', 4],
  ['delete', 5],
  ['options', 6],
  ['head', 7],
  ['patch', 8],
];

function namedPath(name: string, methods: Json): WireWriter {
  const item = message();
  for (const [method, field] of METHODS) item.message(field, operation(methods[method]));
  for (const one of listOf(methods.parameters))
    item.message(9, message().message(1, parameter(objectOf(one))));
  return namedMessage(name, item);
}

/** GnosticV2 encodes a Swagger 2.0 document as gnostic's `openapi.v2.Document`, piece by piece. */
export class GnosticV2 {
  readonly #paths = message();
  readonly #definitions = message();

  path(name: string, item: Json): void {
    this.#paths.message(2, namedPath(name, item));
  }

  definition(name: string, value: Json): void {
    this.#definitions.message(1, namedMessage(name, schema(value)));
  }

  /** finish answers the whole document. */
  finish(swagger: string, info: { readonly title: string; readonly version: string }): Uint8Array {
    return message()
      .string(1, swagger)
      .message(2, message().string(1, info.title).string(2, info.version))
      .message(8, this.#paths)
      .message(9, this.#definitions)
      .finish();
  }
}
