import { isJsonObject } from '../../machinery/json-value.ts';
import { type ObjectSchema, type ScalarSchema, type Schema, schemaOf } from '../schema/index.ts';
import {
  fieldsOfMessage,
  JSON_SCHEMA,
  type MessageField,
  type MessageShape,
} from './message-plan.ts';
import { BYTES, FIXED64, VARINT, WireWriter } from './wire-writer.ts';

type Values = Readonly<Record<string, unknown>>;

const NOTHING: Values = {};
const MS_PER_SECOND = 1000;

function writeMessage(
  writer: WireWriter,
  message: string,
  { schema, values }: { readonly schema: ObjectSchema; readonly values: Values },
): void {
  const fields = fieldsOfMessage(message, schema);
  for (let index = fields.length - 1; index >= 0; index -= 1) {
    const field = fields[index];
    if (field) writeField(writer, field, { schema, values });
  }
}

function writeField(
  writer: WireWriter,
  field: MessageField,
  within: { readonly schema: ObjectSchema; readonly values: Values },
): void {
  const { number, inline, schema, pointer, wrapped } = field;
  if (inline !== undefined) {
    writer.inside(number, () => writeMessage(writer, inline, within));
    return;
  }
  const value = within.values[field.name];
  if (!schema || (pointer && isNone(value))) return;
  if (wrapped && !isNone(value)) {
    writer.inside(number, () => writeSeveral(writer, { ...field, schema, number: 1 }, value));
  } else if (schema.kind === 'array' || schema.kind === 'map') {
    writeSeveral(writer, { ...field, schema }, value);
  } else {
    writeOne(writer, { ...field, schema }, value);
  }
}

function isNone(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

type Target = Pick<MessageField, 'number' | 'shape'> & { readonly schema: Schema };

/** writeSeveral writes a field for each item of a list, or each entry of a map by its key. */
function writeSeveral(writer: WireWriter, { number, shape, schema }: Target, value: unknown): void {
  if (schema.kind === 'array' && Array.isArray(value)) {
    for (let index = value.length - 1; index >= 0; index -= 1) {
      writeOne(writer, { number, shape, schema: schema.items }, value[index]);
    }
  } else if (schema.kind === 'map' && isJsonObject(value)) {
    for (const key of Object.keys(value).sort().reverse()) {
      writer.inside(number, () => {
        writeOne(writer, { number: 2, shape, schema: schema.values }, value[key]);
        writer.inside(1, () => writer.text(key));
      });
    }
  }
}

function writeOne(writer: WireWriter, { number, schema, shape }: Target, value: unknown): void {
  if (shape) {
    writer.inside(number, () => writeShape(writer, shape, value));
  } else if (schema.kind === 'scalar') {
    writeScalar(writer, { number, type: schema.type }, value);
  } else if (schema.kind !== 'object') {
    // A list inside a list or map is a message with the one field `items`.
    writer.inside(number, () => writeSeveral(writer, { number: 1, shape, schema }, value));
  } else if (schema.free) {
    writer.inside(number, () => writeRaw(writer, value));
  } else {
    writer.inside(number, () => writeObject(writer, schema, value));
  }
}

function writeObject(writer: WireWriter, schema: ObjectSchema, value: unknown): void {
  const values = isJsonObject(value) ? value : NOTHING;
  writeMessage(writer, schema.definition, { schema, values });
}

/** RawExtension and FieldsV1 carry JSON in their first field. */
function writeRaw(writer: WireWriter, value: unknown): void {
  if (!isNone(value)) writer.inside(1, () => writer.text(JSON.stringify(value)));
}

function writeScalar(
  writer: WireWriter,
  { number, type }: { readonly number: number; readonly type: ScalarSchema['type'] },
  value: unknown,
): void {
  switch (type) {
    case 'string':
      writer.inside(number, () => writer.text(typeof value === 'string' ? value : ''));
      return;
    case 'byte':
      if (typeof value !== 'string') return;
      writer.inside(number, () => writer.bytes(Buffer.from(value, 'base64')));
      return;
    case 'integer':
    case 'boolean':
      writer.varint(Number(value ?? 0));
      writer.key(number, VARINT);
      return;
    case 'number':
      writer.double(Number(value ?? 0));
      writer.key(number, FIXED64);
      return;
    default:
      writer.inside(number, () => MESSAGES[type](writer, value));
  }
}

/** MESSAGES are the scalars of JSON that are messages. */
const MESSAGES = {
  quantity: (writer: WireWriter, value: unknown) =>
    writer.inside(1, () => writer.text(String(value ?? '0'))),
  'int-or-string': writeIntOrString,
  time: writeTime,
  'micro-time': writeTime,
  any: writeRaw,
} as const;

function writeIntOrString(writer: WireWriter, value: unknown): void {
  const isText = typeof value === 'string';
  writer.inside(3, () => writer.text(isText ? value : ''));
  writer.varint(isText ? 0 : Number(value ?? 0));
  writer.key(2, VARINT);
  writer.varint(isText ? 1 : 0);
  writer.key(1, VARINT);
}

function writeTime(writer: WireWriter, value: unknown): void {
  if (typeof value !== 'string') return;
  const micros = Number(/\.(\d{6})Z$/.exec(value)?.[1] ?? 0);
  writer.varint(micros * MS_PER_SECOND);
  writer.key(2, VARINT);
  writer.varint(Math.floor(Date.parse(value) / MS_PER_SECOND));
  writer.key(1, VARINT);
}

const SCHEMA_OR: Readonly<
  Record<Exclude<MessageShape, 'empty'>, (writer: WireWriter, value: unknown) => void>
> = {
  'schema-or-boolean'(writer, value) {
    if (isJsonObject(value)) writeSchema(writer, 2, value);
    writer.varint(value === false ? 0 : 1);
    writer.key(1, VARINT);
  },
  'schema-or-list'(writer, value) {
    if (isJsonObject(value)) writeSchema(writer, 1, value);
    const schemas: unknown[] = Array.isArray(value) ? value : [];
    for (const one of [...schemas].reverse()) writeSchema(writer, 2, one);
  },
  'schema-or-names'(writer, value) {
    const names: unknown[] = Array.isArray(value) ? value : [];
    for (const one of [...names].reverse()) writer.inside(2, () => writer.text(String(one)));
    if (isJsonObject(value)) writeSchema(writer, 1, value);
  },
};

function writeShape(writer: WireWriter, shape: MessageShape, value: unknown): void {
  if (shape !== 'empty') SCHEMA_OR[shape](writer, value);
}

function writeSchema(writer: WireWriter, number: number, value: unknown): void {
  writeOne(writer, { number, shape: undefined, schema: schemaOf(JSON_SCHEMA) }, value);
}

/** encodeMessage writes a valid object as the message of a definition of the catalogue. */
export function encodeMessage(definition: string, value: object): Buffer {
  const schema = schemaOf(definition);
  const writer = new WireWriter();
  if (schema.kind === 'object') writeObject(writer, schema, value);
  return writer.take();
}

const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/** TypeMeta is what an object says it is. */
export interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * encodeEnvelope puts messages into what Kubernetes sends: the parts of one message, in pieces, with
 * its kind before them. The pieces follow one another.
 */
export function encodeEnvelope(type: TypeMeta, message: readonly Uint8Array[]): Uint8Array[] {
  const size = message.reduce((sum, part) => sum + part.length, 0);
  const head = new WireWriter();
  head.varint(size);
  head.key(2, BYTES);
  head.inside(1, () => {
    head.inside(2, () => head.text(type.kind));
    head.inside(1, () => head.text(type.apiVersion));
  });
  const tail = new WireWriter();
  for (const number of [4, 3]) tail.inside(number, () => undefined);
  return [MAGIC, head.take(), ...message, tail.take()];
}

/** encodeItem writes the message of an item with its key and length, as the message of its list has it. */
export function encodeItem(message: Uint8Array): Buffer {
  const head = new WireWriter();
  head.varint(message.length);
  head.key(2, BYTES);
  return Buffer.concat([head.take(), message]);
}

/** encodeMetadata writes the first field of objects and lists. */
export function encodeMetadata(definition: string, metadata: object): Buffer {
  const message = encodeMessage(definition, metadata);
  const writer = new WireWriter();
  writer.inside(1, () => writer.bytes(message));
  return writer.take();
}

const LENGTH_BYTES = 4;

/** encodeWatchEvent writes one event of a watch with its length before it. */
export function encodeWatchEvent(type: string, object: readonly Uint8Array[]): Buffer {
  const writer = new WireWriter();
  writer.inside(2, () =>
    writer.inside(1, () => {
      for (const part of [...object].reverse()) writer.bytes(part);
    }),
  );
  writer.inside(1, () => writer.text(type));
  const event = writer.take();
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(event.length);
  return Buffer.concat([length, event]);
}
