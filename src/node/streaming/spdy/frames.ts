/** FRAME has the control frames of SPDY/3 that matter here. */
export const FRAME = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

/** FLAG_FIN half-closes a stream. */
export const FLAG_FIN = 1;

const HEADER_BYTES = 8;
const VERSION = 3;

/** Frame is one frame of a SPDY/3.1 connection. */
export type Frame =
  | {
      readonly kind: 'data';
      readonly streamId: number;
      readonly flags: number;
      readonly payload: Buffer;
    }
  | {
      readonly kind: 'control';
      readonly type: number;
      readonly flags: number;
      readonly payload: Buffer;
    };

function decodeHead(head: Buffer): { length: number; frame: (payload: Buffer) => Frame } {
  const first = head.readUInt32BE(0);
  const flags = head.readUInt8(4);
  const length = head.readUIntBE(5, 3);
  if (first < 0x80000000) {
    return { length, frame: (payload) => ({ kind: 'data', streamId: first, flags, payload }) };
  }
  const version = (first >>> 16) & 0x7fff;
  if (version !== VERSION) throw new Error(`SPDY version ${version} is not supported`);
  return {
    length,
    frame: (payload) => ({ kind: 'control', type: first & 0xffff, flags, payload }),
  };
}

/** readFrames splits bytes into frames. */
export async function* readFrames(source: AsyncIterable<Uint8Array>): AsyncIterable<Frame> {
  let pending: Buffer[] = [];
  let size = 0;
  let wanted = HEADER_BYTES;
  for await (const chunk of source) {
    pending.push(Buffer.from(chunk));
    size += chunk.length;
    while (size >= wanted) {
      const bytes = Buffer.concat(pending);
      const { length, frame } = decodeHead(bytes);
      wanted = HEADER_BYTES + length;
      if (size < wanted) {
        pending = [bytes];
        break;
      }
      yield frame(bytes.subarray(HEADER_BYTES, wanted));
      const rest = bytes.subarray(wanted);
      pending = [rest];
      size = rest.length;
      wanted = HEADER_BYTES;
    }
  }
}

/** dataFrame carries bytes of a stream. */
export function dataFrame(streamId: number, payload: Uint8Array, fin = false): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt32BE(streamId, 0);
  head.writeUInt8(fin ? FLAG_FIN : 0, 4);
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

/** controlFrame is a frame about a stream or the connection. */
export function controlFrame(type: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt16BE(0x8000 | VERSION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

/** words is the big-endian form of some 32-bit numbers. */
export function words(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  numbers.forEach((number, index) => {
    bytes.writeUInt32BE(number, index * 4);
  });
  return bytes;
}
