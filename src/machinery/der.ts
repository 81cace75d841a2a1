/** DerValue is one value of ASN.1 in the distinguished encoding. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag and length included. */
  readonly whole: Uint8Array;
}

/** DerError: bytes are no well-formed DER. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** DER_TAGS are the tags that certificates and requests for them are made of. */
export const DER_TAGS = { bitString: 3, octetString: 4, oid: 6, sequence: 48, set: 49 } as const;

const LONG_FORM = 0x80;
const MAX_LENGTH_BYTES = 4;

function lengthAt(bytes: Uint8Array, at: number): { length: number; start: number } {
  const first = bytes[at];
  if (first === undefined) throw new DerError('data truncated');
  if (first < LONG_FORM) return { length: first, start: at + 1 };
  const count = first - LONG_FORM;
  if (count === 0 || count > MAX_LENGTH_BYTES) throw new DerError('length too large');
  let length = 0;
  for (let index = 1; index <= count; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) throw new DerError('data truncated');
    length = length * 256 + byte;
  }
  return { length, start: at + 1 + count };
}

/** readDerList reads all values in some bytes. Throws a DerError. */
export function readDerList(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { length, start } = lengthAt(bytes, at + 1);
    const end = start + length;
    if (end > bytes.length) throw new DerError('data truncated');
    values.push({
      tag: bytes[at] ?? 0,
      content: bytes.subarray(start, end),
      whole: bytes.subarray(at, end),
    });
    at = end;
  }
  return values;
}

/** readDer reads the one value that some bytes are. Throws a DerError when there is more or less. */
export function readDer(bytes: Uint8Array): DerValue {
  const [value, ...more] = readDerList(bytes);
  if (!value) throw new DerError('data truncated');
  if (more.length > 0) throw new DerError('trailing data');
  return value;
}

/** oidText spells an object identifier with dots. */
export function oidText({ content }: DerValue): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of content) {
    number = number * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  const [first = 0, ...rest] = numbers;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}
