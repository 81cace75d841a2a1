/** ProtobufError says why bytes are not the protocol buffers that they should be. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** WireField is one field of a message: a number (varint, fixed) or bytes. */
export interface WireField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

const utf8 = new TextDecoder('utf-8', { fatal: false });

/** textOf reads bytes as UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function varint(cursor: Cursor): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined) throw new ProtobufError('unexpected EOF');
    cursor.at += 1;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw new ProtobufError('proto: integer overflow');
}

function take(cursor: Cursor, length: number): Uint8Array {
  const end = cursor.at + length;
  if (end > cursor.bytes.length) throw new ProtobufError('unexpected EOF');
  const part = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return part;
}

function fixed(cursor: Cursor, length: 4 | 8): bigint {
  const part = take(cursor, length);
  const view = new DataView(part.buffer, part.byteOffset, length);
  return length === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true));
}

/** readFields reads the fields of a message in the order of the wire; throws a ProtobufError. */
export function readFields(bytes: Uint8Array): WireField[] {
  const cursor: Cursor = { bytes, at: 0 };
  const fields: WireField[] = [];
  while (cursor.at < bytes.length) {
    const key = Number(varint(cursor));
    const number = key >>> 3;
    switch (key & 7) {
      case 0:
        fields.push({ number, value: varint(cursor) });
        break;
      case 1:
        fields.push({ number, value: fixed(cursor, 8) });
        break;
      case 2:
        fields.push({ number, value: take(cursor, Number(varint(cursor))) });
        break;
      case 5:
        fields.push({ number, value: fixed(cursor, 4) });
        break;
      default:
        throw new ProtobufError(`proto: illegal wireType ${key & 7}`);
    }
  }
  return fields;
}

/** fieldBytes answers the bytes of the last field of a number; empty where there is none. */
export function fieldBytes(fields: readonly WireField[], number: number): Uint8Array {
  const value = fields.findLast((one) => one.number === number)?.value;
  return value instanceof Uint8Array ? value : new Uint8Array();
}

/** fieldInteger answers the signed integer of the last field of a number; 0 where there is none. */
export function fieldInteger(fields: readonly WireField[], number: number): number {
  const value = fields.findLast((one) => one.number === number)?.value;
  return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0;
}
