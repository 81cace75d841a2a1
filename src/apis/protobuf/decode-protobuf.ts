import { microTimestampOf, timestampOf } from '../../machinery/timestamp.ts';
import { goStructOf, type ObjectSchema, type Schema, schemaOf } from '../schema/index.ts';
import {
  fieldsOfMessage,
  JSON_SCHEMA,
  type MessageField,
  type MessageShape,
} from './message-plan.ts';
import {
  fieldBytes,
  fieldInteger,
  ProtobufError,
  readFields,
  textOf,
  type WireField,
} from './wire-reader.ts';

/** The first bytes of every object that Kubernetes sends as protocol buffers. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00];

const targets = new Map<string, ReadonlyMap<number, MessageField>>();

function targetsOf(message: string, schema: ObjectSchema): ReadonlyMap<number, MessageField> {
  const key = `${message} ${schema.definition}`;
  const known = targets.get(key);
  if (known) return known;
  const made = new Map(fieldsOfMessage(message, schema).map((field) => [field.number, field]));
  targets.set(key, made);
  return made;
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false || value === undefined;
}

function decodeMessage(message: string, schema: ObjectSchema, bytes: Uint8Array): object {
  const object: Record<string, unknown> = {};
  const known = targetsOf(message, schema);
  for (const { number, value } of readFields(bytes)) {
    const target = known.get(number);
    if (!target) continue;
    if (target.inline !== undefined) {
      if (value instanceof Uint8Array) {
        Object.assign(object, decodeMessage(target.inline, schema, value));
      }
      continue;
    }
    if (target.schema) addField(object, { ...target, schema: target.schema }, value);
  }
  return object;
}

function addField(
  object: Record<string, unknown>,
  target: MessageField & { readonly schema: Schema },
  value: WireField['value'],
): void {
  const { name, schema, shape } = target;
  const decode = (one: Schema, bytes: WireField['value']) =>
    shape ? decodeShape(shape, asBytes(bytes)) : decodeValue(one, bytes);
  if (target.wrapped) {
    addWrapped(object, target, asBytes(value));
    return;
  }
  if (schema.kind === 'array') {
    const list = (object[name] ?? []) as unknown[];
    list.push(decode(schema.items, value));
    object[name] = list;
    return;
  }
  if (schema.kind === 'map') {
    const map = (object[name] ?? {}) as Record<string, unknown>;
    if (!(value instanceof Uint8Array))
      throw new ProtobufError(`proto: wrong wireType for ${name}`);
    const entry = readFields(value);
    const item = entry.findLast((one) => one.number === 2)?.value ?? new Uint8Array();
    map[textOf(fieldBytes(entry, 1))] = decode(schema.values, item);
    object[name] = map;
    return;
  }
  const decoded = decode(schema, value);
  // Go sends the zero value where JSON leaves the field out.
  const omitsZero = target.omitEmpty && !target.pointer;
  if (decoded === undefined || (omitsZero && isZero(decoded))) return;
  object[name] = decoded;
}

/** addWrapped reads a list or map that is a message with the one field `items`. */
function addWrapped(
  object: Record<string, unknown>,
  target: MessageField & { readonly schema: Schema },
  bytes: Uint8Array,
): void {
  object[target.name] ??= target.schema.kind === 'map' ? {} : [];
  for (const { number, value } of readFields(bytes)) {
    if (number === 1) addField(object, { ...target, wrapped: false }, value);
  }
}

function decodeValue(schema: Schema, value: WireField['value']): unknown {
  switch (schema.kind) {
    case 'scalar':
      return typeof value === 'bigint' ? numberOf(schema.type, value) : leafOf(schema.type, value);
    case 'array':
      // A list inside a list or map is a message with the one field `items`.
      return readFields(asBytes(value))
        .filter((one) => one.number === 1)
        .map((one) => decodeValue(schema.items, one.value));
    case 'map':
      throw new ProtobufError('proto: a map inside a list or map');
    case 'object':
      if (schema.free) return freeOf(asBytes(value));
      return decodeMessage(schema.definition, schema, asBytes(value));
  }
}

function decodeShape(shape: MessageShape, bytes: Uint8Array): unknown {
  const fields = readFields(bytes);
  const all = (number: number) => fields.filter((one) => one.number === number);
  const schemas = (number: number) =>
    all(number).map((one) => decodeValue(schemaOf(JSON_SCHEMA), one.value));
  switch (shape) {
    case 'schema-or-boolean':
      return schemas(2)[0] ?? fieldInteger(fields, 1) === 1;
    case 'schema-or-list':
      return schemas(1)[0] ?? schemas(2);
    case 'schema-or-names':
      return schemas(1)[0] ?? all(2).map((one) => textOf(asBytes(one.value)));
    case 'empty':
      return {};
  }
}

function asBytes(value: WireField['value']): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new ProtobufError('proto: wrong wireType');
}

/** RawExtension and FieldsV1 carry JSON in their first field; what is none is a text for those who check. */
function freeOf(bytes: Uint8Array): unknown {
  const raw = textOf(fieldBytes(readFields(bytes), 1));
  if (raw === '') return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

function numberOf(type: string, value: bigint): number | boolean {
  if (type === 'boolean') return value !== 0n;
  if (type !== 'number') return Number(BigInt.asIntN(64, value));
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value);
  return view.getFloat64(0);
}

function leafOf(type: string, bytes: Uint8Array): unknown {
  switch (type) {
    case 'byte':
      return base64(bytes);
    case 'quantity':
      return textOf(fieldBytes(readFields(bytes), 1));
    case 'int-or-string': {
      const fields = readFields(bytes);
      return fieldInteger(fields, 1) === 1
        ? textOf(fieldBytes(fields, 3))
        : fieldInteger(fields, 2);
    }
    case 'time':
    case 'micro-time': {
      const fields = readFields(bytes);
      if (fields.length === 0) return undefined;
      const ms = fieldInteger(fields, 1) * 1000 + fieldInteger(fields, 2) / 1e6;
      return type === 'time' ? timestampOf(new Date(ms)) : microTimestampOf(new Date(ms));
    }
    case 'any':
      return freeOf(bytes);
    default:
      return textOf(bytes);
  }
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * decodeProtobuf reads an object that was sent as `application/vnd.kubernetes.protobuf` into its
 * JSON form. `definition` names its schema in the catalogue. Throws a ProtobufError.
 */
export function decodeProtobuf(definition: string, bytes: Uint8Array): object {
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) {
    throw new ProtobufError(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  }
  const envelope = readFields(bytes.subarray(MAGIC.length));
  const typeMeta = readFields(fieldBytes(envelope, 1));
  const schema = schemaOf(definition);
  if (schema.kind !== 'object' || schema.free || !hasProtobuf(definition)) {
    throw new ProtobufError(`${definition} is not known as protocol buffers`);
  }
  const object = decodeMessage(definition, schema, fieldBytes(envelope, 2));
  const apiVersion = textOf(fieldBytes(typeMeta, 1));
  const kind = textOf(fieldBytes(typeMeta, 2));
  return { ...(apiVersion ? { apiVersion } : {}), ...(kind ? { kind } : {}), ...object };
}

/** hasProtobuf tells whether the objects of a definition can be read as protocol buffers. */
export function hasProtobuf(definition: string): boolean {
  return goStructOf(definition)?.some((field) => field.number > 0) ?? false;
}
