import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { StatusError } from '../../machinery/status-error.ts';
import type { CoreAnswer, CoreResponse } from '../request/core-request.ts';
import type { FlushRounds } from './flush-rounds.ts';
import { gzip, wantsGzip } from './gzip.ts';
import { contentTypeOf, payloadText } from './payload-text.ts';
import { WatchWriter } from './watch-writer.ts';

const EMPTY = Buffer.alloc(0);

type PayloadResponse = Extract<CoreResponse, { kind: 'payload' }>;
type BytesResponse = Extract<CoreResponse, { kind: 'bytes' }>;

/** Exchange is one HTTP request with the response that is to be written. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The rounds in which watches are written. */
  readonly rounds: FlushRounds;
}

function warningHeaders(warnings: readonly string[]): string[] {
  return warnings.map(
    (text) => `299 - "${text.replace(/["\\]/g, '\\$&').replace(/[\r\n]/g, ' ')}"`,
  );
}

function baseHeaders(answer: { readonly warnings: readonly string[] }): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { 'Cache-Control': 'no-cache, private' };
  if (answer.warnings.length > 0) headers.Warning = warningHeaders(answer.warnings);
  return headers;
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  return chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks);
}

async function writePayload(
  exchange: Exchange,
  answer: PayloadResponse,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  headers['Content-Type'] = contentTypeOf(answer.format);
  Object.assign(headers, answer.headers);
  const chunks =
    answer.format === undefined
      ? answer.payload.chunks()
      : await payloadText(answer.payload, answer.format);
  return writeChunks(exchange, { status: answer.status, chunks }, headers);
}

/** PIECE_BYTES is how much of a large answer is encrypted and sent in one go. */
const PIECE_BYTES = 512 * 1024;

async function writeChunks(
  exchange: Exchange,
  content: { readonly status: number; readonly chunks: readonly Uint8Array[] },
  headers: OutgoingHttpHeaders,
): Promise<void> {
  const { request, response } = exchange;
  const { remoteAddress, localAddress } = request.socket;
  const acceptEncoding = String(request.headers['accept-encoding'] ?? '');
  let { chunks } = content;
  let sizeBytes = sizeOf(chunks);
  if (wantsGzip({ acceptEncoding, sizeBytes, remoteAddress, localAddress })) {
    chunks = [await gzip(join(chunks))];
    sizeBytes = sizeOf(chunks);
    headers['Content-Encoding'] = 'gzip';
    headers.Vary = 'Accept-Encoding';
  }
  headers['Content-Length'] = sizeBytes;
  response.writeHead(content.status, headers);
  if (request.method === 'HEAD') response.end();
  else if (sizeBytes <= PIECE_BYTES) response.end(join(chunks));
  else await writeStream(response, piecesOf(chunks));
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  let size = 0;
  for (const chunk of chunks) size += chunk.length;
  return size;
}

/** piecesOf joins chunks to pieces of some size, each in a turn of the event loop of its own. */
async function* piecesOf(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  let piece: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const chunk of chunks) {
    piece.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes < PIECE_BYTES) continue;
    yield join(piece);
    piece = [];
    sizeBytes = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (piece.length > 0) yield join(piece);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

async function writeStream(
  response: ServerResponse,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const chunk of bytes) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(response);
  }
  response.end();
}

async function writeBytesAnswer(
  exchange: Exchange,
  answer: BytesResponse,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  const { response } = exchange;
  headers['Content-Type'] = answer.contentType;
  Object.assign(headers, answer.headers);
  if (answer.bytes instanceof Uint8Array) {
    await writeChunks(exchange, { status: answer.status, chunks: [answer.bytes] }, headers);
    return;
  }
  response.writeHead(answer.status, headers);
  response.flushHeaders();
  await writeStream(response, answer.bytes);
}

/** writeAnswer writes the answer of the core. */
export async function writeAnswer(exchange: Exchange, answer: CoreAnswer): Promise<void> {
  const { response: core } = answer;
  const headers = baseHeaders(answer);
  switch (core.kind) {
    case 'payload':
      return writePayload(exchange, core, headers);
    case 'bytes':
      return writeBytesAnswer(exchange, core, headers);
    case 'watch':
      headers['Content-Type'] = 'application/json';
      exchange.response.writeHead(200, headers);
      exchange.response.flushHeaders();
      new WatchWriter(exchange.response, exchange.rounds).open(core.source);
      return;
    case 'taken':
      return;
  }
}

/** writeError writes a failure as a Status; a response that has begun is cut off. */
export function writeError(exchange: Exchange, error: StatusError): void {
  const { request, response } = exchange;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(error.status));
  const headers: OutgoingHttpHeaders = {
    'Cache-Control': 'no-cache, private',
    'Content-Type': 'application/json',
    'Content-Length': bytes.length,
  };
  const retryAfter = error.status.details?.retryAfterSeconds;
  if (retryAfter !== undefined && retryAfter > 0) headers['Retry-After'] = String(retryAfter);
  // The rest of a body that was refused is not read: the connection cannot be used again.
  if (error.code === 413) headers.Connection = 'close';
  response.writeHead(error.code, headers);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
