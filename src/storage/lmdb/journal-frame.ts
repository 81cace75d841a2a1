import { crc32 } from 'node:zlib';

/**
 * A frame is one batch of the journal, written at once:
 * length of the body (4), CRC-32 of what follows (4), generation of the file (6), body.
 * The body is a sequence of records: revision (6), length (4), bytes.
 */
const HEADER_BYTES = 14;
const RECORD_HEADER_BYTES = 10;

/** JournalRecord is one change: `bytes` is a record of the log as the tables hold it. */
export interface JournalRecord {
  readonly revision: number;
  readonly bytes: Buffer;
}

/** Frame is what was read back of one batch. */
export interface Frame {
  readonly generation: number;
  readonly records: readonly JournalRecord[];
}

/** frameBytes is the size of the frame of some records. */
export function frameBytes(records: readonly JournalRecord[]): number {
  let size = HEADER_BYTES;
  for (const { bytes } of records) size += RECORD_HEADER_BYTES + bytes.length;
  return size;
}

/** encodeFrame writes a batch for a file of some generation. */
export function encodeFrame(generation: number, records: readonly JournalRecord[]): Buffer {
  const frame = Buffer.allocUnsafe(frameBytes(records));
  let at = HEADER_BYTES;
  for (const { revision, bytes } of records) {
    frame.writeUIntBE(revision, at, 6);
    frame.writeUInt32BE(bytes.length, at + 6);
    frame.set(bytes, at + RECORD_HEADER_BYTES);
    at += RECORD_HEADER_BYTES + bytes.length;
  }
  frame.writeUInt32BE(frame.length - HEADER_BYTES, 0);
  frame.writeUIntBE(generation, 8, 6);
  frame.writeUInt32BE(crc32(frame.subarray(8)), 4);
  return frame;
}

/**
 * decodeFrames reads the frames of one generation at the beginning of a file, up to the first that was
 * left over from an earlier one. One that is damaged is left out: when it was the last one it was torn, and
 * nobody was answered; when others follow it, their revisions do not follow.
 */
export function decodeFrames(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  let newest: number | undefined;
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const end = at + HEADER_BYTES + length;
    if (length === 0 || end > bytes.length) break;
    const generation = bytes.readUIntBE(at + 8, 6);
    const isWhole = crc32(bytes.subarray(at + 8, end)) === bytes.readUInt32BE(at + 4);
    if (isWhole) {
      newest ??= generation;
      if (generation !== newest) break;
      frames.push({ generation, records: decodeRecords(bytes.subarray(at + HEADER_BYTES, end)) });
    }
    at = end;
  }
  return frames;
}

function decodeRecords(body: Buffer): JournalRecord[] {
  const records: JournalRecord[] = [];
  for (let at = 0; at < body.length; ) {
    const start = at + RECORD_HEADER_BYTES;
    const end = start + body.readUInt32BE(at + 6);
    records.push({ revision: body.readUIntBE(at, 6), bytes: body.subarray(start, end) });
    at = end;
  }
  return records;
}
