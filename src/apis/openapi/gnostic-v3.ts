import { isJsonObject } from '../../machinery/json-value.ts';
import { Steps } from '../../machinery/steps.ts';
import { goYaml } from './go-yaml.ts';
import {
  listOf,
  message,
  namedMessage,
  namedMessages,
  objectOf,
  type WriteObject,
  writeExtensions,
} from './json-messages.ts';
import type { Json } from './openapi-resource.ts';
import type { WireWriter } from './wire-writer.ts';

/**
 * The protocol buffer form of OpenAPI 3.0: messages and field numbers of gnostic's
 * `OpenAPIv3.proto`, as far as Kubernetes and the schemas of custom resources use them. Fields of a
 * message are written in the order of their numbers, as Go does.
 */

/** An Any is YAML text. */
function anyMessage(value: unknown): WireWriter {
  return message().string(2, goYaml(value));
}

function optional(json: unknown, write: WriteObject): WireWriter | undefined {
  return isJsonObject(json) ? write(json) : undefined;
}

const reference: WriteObject = (json) => message().string(1, json.$ref);

function schemaOrReference(json: Json): WireWriter {
  return json.$ref === undefined
    ? message().message(1, schema(json))
    : message().message(2, reference(json));
}

function items(json: unknown): WireWriter | undefined {
  return optional(json, (one) => message().message(1, schemaOrReference(one)));
}

function additional(value: unknown): WireWriter | undefined {
  if (typeof value === 'boolean') return message().optionalBool(2, value);
  return items(value);
}

function defaultType(value: unknown): WireWriter | undefined {
  if (value === undefined) return undefined;
  return message().optionalDouble(1, value).optionalBool(2, value).optionalText(3, value);
}

function schemas(writer: WireWriter, field: number, list: unknown): void {
  for (const one of listOf(list)) writer.message(field, schemaOrReference(objectOf(one)));
}

/** The limits of a value: fields 10 to 22. */
function limits(writer: WireWriter, json: Json): void {
  writer
    .double(10, json.multipleOf)
    .double(11, json.maximum)
    .bool(12, json.exclusiveMaximum)
    .double(13, json.minimum)
    .bool(14, json.exclusiveMinimum)
    .integer(15, json.maxLength)
    .integer(16, json.minLength)
    .string(17, json.pattern)
    .integer(18, json.maxItems)
    .integer(19, json.minItems)
    .bool(20, json.uniqueItems)
    .integer(21, json.maxProperties)
    .integer(22, json.minProperties)
    .strings(23, json.required);
}

function schema(json: Json): WireWriter {
  const writer = message().bool(1, json.nullable).string(9, json.title);
  limits(writer, json);
  for (const value of listOf(json.enum)) writer.message(24, anyMessage(value));
  writer.string(25, json.type);
  schemas(writer, 26, json.allOf);
  schemas(writer, 27, json.oneOf);
  schemas(writer, 28, json.anyOf);
  writer
    .message(29, optional(json.not, schema))
    .message(30, items(json.items))
    .message(31, optional(json.properties, namedSchemas))
    .message(32, additional(json.additionalProperties))
    .message(33, defaultType(json.default))
    .string(34, json.description)
    .string(35, json.format);
  return writeExtensions(writer, 36, json, anyMessage);
}

function namedSchemas(json: Json): WireWriter {
  return namedMessages(1, json, schemaOrReference);
}

const mediaType: WriteObject = (json) =>
  message().message(1, optional(json.schema, schemaOrReference));
const mediaTypes: WriteObject = (json) => namedMessages(1, json, mediaType);

function parameter(json: unknown): WireWriter {
  const { name, in: place, description, required, schema: type } = objectOf(json);
  const writer = message()
    .string(1, name)
    .string(2, place)
    .string(3, description)
    .bool(4, required)
    .message(10, optional(type, schemaOrReference));
  return message().message(1, writer);
}

const requestBody: WriteObject = (json) =>
  message().message(
    1,
    message()
      .string(1, json.description)
      .message(2, optional(json.content, mediaTypes))
      .bool(3, json.required),
  );

const response: WriteObject = (json) =>
  message().message(
    1,
    message().string(1, json.description).message(3, optional(json.content, mediaTypes)),
  );

const operation: WriteObject = (json) => {
  const writer = message()
    .strings(1, json.tags)
    .string(3, json.description)
    .string(5, json.operationId);
  for (const one of listOf(json.parameters)) writer.message(6, parameter(one));
  writer
    .message(7, optional(json.requestBody, requestBody))
    .message(8, namedMessages(2, json.responses, response));
  return writeExtensions(writer, 13, json, anyMessage);
};

const METHODS: readonly [string, number][] = [
  ['get', 4],
  ['put', 5],
  ['post', 6],
  ['delete', 7],
  ['options', 8],
  ['head', 9],
  ['patch', 10],
];

const pathItem: WriteObject = (json) => {
  const writer = message();
  for (const [method, field] of METHODS) writer.message(field, optional(json[method], operation));
  for (const one of listOf(json.parameters)) writer.message(13, parameter(one));
  return writer;
};

const securityScheme: WriteObject = (json) =>
  message().message(
    1,
    message()
      .string(1, json.type)
      .string(2, json.description)
      .string(3, json.name)
      .string(4, json.in),
  );

/** namedInSteps is for maps of many. */
async function namedInSteps(field: number, json: unknown, write: WriteObject): Promise<WireWriter> {
  const writer = message();
  const steps = new Steps();
  for (const [name, value] of Object.entries(objectOf(json))) {
    writer.message(field, namedMessage(name, write(objectOf(value))));
    const pause = steps.done(0);
    if (pause) await pause;
  }
  return writer;
}

async function components(json: Json): Promise<WireWriter> {
  const { schemas: types, securitySchemes } = json;
  return message()
    .message(1, isJsonObject(types) ? await namedInSteps(1, types, schemaOrReference) : undefined)
    .message(
      7,
      optional(securitySchemes, (one) => namedMessages(1, one, securityScheme)),
    );
}

/** gnosticV3 encodes a document of OpenAPI 3.0 as gnostic's `openapi.v3.Document`, in steps. */
export async function gnosticV3(document: Json): Promise<Uint8Array> {
  const { title, version } = objectOf(document.info);
  return message()
    .string(1, document.openapi)
    .message(2, message().string(1, title).string(6, version))
    .message(4, await namedInSteps(1, document.paths, pathItem))
    .message(5, await components(objectOf(document.components)))
    .finish();
}
