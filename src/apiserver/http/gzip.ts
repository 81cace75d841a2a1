import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createGzip, gzip as gzipCallback } from 'node:zlib';

const compress = promisify(gzipCallback);

/** GZIP_FROM_BYTES is the size from which an answer is worth compressing (as upstream). */
export const GZIP_FROM_BYTES = 128 * 1024;

/** GzipQuestion is what the decision to compress depends on. */
export interface GzipQuestion {
  readonly acceptEncoding: string;
  readonly sizeBytes: number;
  readonly remoteAddress: string | undefined;
  readonly localAddress: string | undefined;
}

/** wantsGzip: large answers are compressed, but never for a client on this machine: there it only costs. */
export function wantsGzip(question: GzipQuestion): boolean {
  const { acceptEncoding, sizeBytes, remoteAddress, localAddress } = question;
  if (sizeBytes < GZIP_FROM_BYTES || !/\bgzip\b/.test(acceptEncoding)) return false;
  return remoteAddress === undefined || remoteAddress !== localAddress;
}

/** FAST compresses fast rather than well. */
const FAST = { level: constants.Z_BEST_SPEED, chunkSize: 128 * 1024 };

/** gzip compresses off the event loop. */
export function gzip(bytes: Uint8Array): Promise<Buffer> {
  return compress(bytes, FAST);
}

/** gzipStream does the same piece by piece, as fast as the result is taken. */
export function gzipStream(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // Who takes the result sees a failure: it is an error of the last stream.
  return pipeline(Readable.from(pieces), createGzip(FAST), () => undefined);
}
