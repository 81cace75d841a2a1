import { isJsonObject } from '../../machinery/json-value.ts';
import type { Json } from './openapi-resource.ts';
import { WireWriter } from './wire-writer.ts';

/** message begins a message of protocol buffers. */
export const message = (): WireWriter => new WireWriter();

/** objectOf answers an object; of what is none, an empty one. */
export const objectOf = (value: unknown): Json => (isJsonObject(value) ? value : {});

/** listOf answers a list; of what is none, an empty one. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** WriteObject makes the message of an object. */
export type WriteObject = (json: Json) => WireWriter;

/** namedMessage is an entry of a map: a name and a value. */
export function namedMessage(name: string, value: WireWriter): WireWriter {
  return message().string(1, name).message(2, value);
}

/** namedMessages is a map of objects, its entries in a field. */
export function namedMessages(field: number, json: unknown, write: WriteObject): WireWriter {
  const writer = message();
  for (const [name, value] of Object.entries(objectOf(json)))
    writer.message(field, namedMessage(name, write(objectOf(value))));
  return writer;
}

/** writeExtensions writes the members whose names begin with `x-`; `any` makes the message of a value. */
export function writeExtensions(
  writer: WireWriter,
  field: number,
  json: Json,
  any: (value: unknown) => WireWriter,
): WireWriter {
  for (const [name, value] of Object.entries(json))
    if (name.startsWith('x-')) writer.message(field, namedMessage(name, any(value)));
  return writer;
}
