/** HEADER_BYTES: kind (1), createRevision (6), previousRevision (6), length of the key (2, or 4 of a long one). */
const HEADER_BYTES = 15;
const LONG_HEADER_BYTES = 17;
const PUT = 1;
const DELETE = 2;
/** LONG is added to the kind where the length of the key does not fit into two bytes. */
const LONG = 4;
const LONGEST_SHORT = 0xffff;

/** LogRecord is one entry of the log: one change of one key. */
export interface LogRecord {
  readonly key: string;
  /** null: the key was deleted. */
  readonly value: Uint8Array | null;
  readonly createRevision: number;
  /** The revision of the version before, 0 where there was none. */
  readonly previousRevision: number;
}

/** IndexEntry is what the index knows of a key that exists. */
export interface IndexEntry {
  readonly createRevision: number;
  readonly modRevision: number;
}

/** encodeRecord writes a record as bytes: the header, the key, the value. */
export function encodeRecord(record: LogRecord): Buffer {
  const keyBytes = Buffer.byteLength(record.key);
  const isLong = keyBytes > LONGEST_SHORT;
  const headerBytes = isLong ? LONG_HEADER_BYTES : HEADER_BYTES;
  const value = record.value ?? new Uint8Array(0);
  const bytes = Buffer.allocUnsafeSlow(headerBytes + keyBytes + value.length);
  bytes.writeUInt8((record.value === null ? DELETE : PUT) | (isLong ? LONG : 0), 0);
  bytes.writeUIntBE(record.createRevision, 1, 6);
  bytes.writeUIntBE(record.previousRevision, 7, 6);
  bytes.writeUIntBE(keyBytes, 13, headerBytes - 13);
  bytes.write(record.key, headerBytes);
  bytes.set(value, headerBytes + keyBytes);
  return bytes;
}

/** decodeRecord is the inverse; the value is a view of the bytes. */
export function decodeRecord(bytes: Buffer): LogRecord {
  const first = bytes[0] ?? 0;
  const kind = first & ~LONG;
  if (kind !== PUT && kind !== DELETE) throw new Error(`log record of unknown kind ${first}`);
  const headerBytes = first & LONG ? LONG_HEADER_BYTES : HEADER_BYTES;
  const keyEnd = headerBytes + bytes.readUIntBE(13, headerBytes - 13);
  return {
    key: bytes.toString('utf8', headerBytes, keyEnd),
    value: kind === PUT ? bytes.subarray(keyEnd) : null,
    createRevision: bytes.readUIntBE(1, 6),
    previousRevision: bytes.readUIntBE(7, 6),
  };
}

/** encodeIndex writes an index entry as 12 bytes. */
export function encodeIndex(entry: IndexEntry): Buffer {
  const bytes = Buffer.allocUnsafeSlow(12);
  bytes.writeUIntBE(entry.createRevision, 0, 6);
  bytes.writeUIntBE(entry.modRevision, 6, 6);
  return bytes;
}

/** decodeIndex is the inverse of encodeIndex. */
export function decodeIndex(bytes: Buffer): IndexEntry {
  return { createRevision: bytes.readUIntBE(0, 6), modRevision: bytes.readUIntBE(6, 6) };
}
