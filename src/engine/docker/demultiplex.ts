import type { Readable } from 'node:stream';
import type { LogChunk } from '../engine.ts';

const HEADER_BYTES = 8;

/**
 * demultiplex splits the engine's multiplexed stream (`[stream, 0, 0, 0, size:4]` before each
 * piece) into its two streams. A stream cut off in the middle of a frame yields what came.
 */
export async function* demultiplex(source: AsyncIterable<Uint8Array>): AsyncIterable<LogChunk> {
  let pending: Buffer = Buffer.alloc(0);
  let left = 0;
  let stream: LogChunk['stream'] = 'stdout';
  for await (const piece of source) {
    pending = pending.length === 0 ? Buffer.from(piece) : Buffer.concat([pending, piece]);
    while (pending.length > 0) {
      if (left === 0) {
        if (pending.length < HEADER_BYTES) break;
        stream = pending[0] === 2 ? 'stderr' : 'stdout';
        left = pending.readUInt32BE(4);
        pending = pending.subarray(HEADER_BYTES);
        continue;
      }
      const data = pending.subarray(0, left);
      pending = pending.subarray(data.length);
      left -= data.length;
      yield { stream, data };
    }
  }
}

/** singleStream passes the raw stream of a terminal as stdout. */
export async function* singleStream(source: AsyncIterable<Uint8Array>): AsyncIterable<LogChunk> {
  for await (const data of source) yield { stream: 'stdout', data };
}

/** untilAborted iterates a stream and ends quietly where a signal or close destroyed it. */
export async function* untilAborted(
  source: Readable,
  isAborted: () => boolean,
): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of source) yield chunk as Uint8Array;
  } catch (error) {
    if (!isAborted()) throw error;
  }
}
