import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { StatusError } from '../../machinery/status-error.ts';
import { nextTurn } from '../../machinery/steps.ts';
import type { Outcome } from '../filters/filter.ts';
import { wantsPretty } from '../output/pretty.ts';
import { protobufFrame } from '../output/protobuf-text.ts';
import { type CoreAnswer, type CoreResponse, headerOf } from '../request/core-request.ts';
import { errorFormatOf } from '../request/media-type.ts';
import type { FlushRounds } from './flush-rounds.ts';
import { GZIP_FROM_BYTES, gzip, gzipStream, wantsGzip } from './gzip.ts';
import type { HttpFrontRequest } from './http-request.ts';
import {
  contentTypeOf,
  type PayloadFormat,
  payloadText,
  plainText,
  statusText,
} from './payload-text.ts';
import { openWatchSocket } from './watch-socket.ts';
import { WatchWriter } from './watch-writer.ts';

const EMPTY = Buffer.alloc(0);
type PayloadResponse = Extract<CoreResponse, { kind: 'payload' }>;
type BytesResponse = Extract<CoreResponse, { kind: 'bytes' }>;
type WatchResponse = Extract<CoreResponse, { kind: 'watch' }>;

/** Exchange is one HTTP request with the response that is to be written. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The rounds in which watches are written. */
  readonly rounds: FlushRounds;
}

/**
 * warningHeaders are the values of Warning headers, as upstream writes them: UTF-8, quotes escaped,
 * and without those that hold control characters.
 */
function warningHeaders(warnings: readonly string[]): string[] {
  return warnings
    .filter((text) => !/\p{Cc}/u.test(text))
    .map((text) => `299 - "${text.replace(/["\\]/g, '\\$&')}"`)
    .map((value) => Buffer.from(value, 'utf8').toString('latin1'));
}

function join(chunks: Iterable<Uint8Array>): Uint8Array {
  const all = [...chunks];
  return all.length === 1 ? (all[0] ?? EMPTY) : Buffer.concat(all);
}

async function writePayload(
  exchange: Exchange,
  answer: PayloadResponse,
  headers: OutgoingHttpHeaders,
): Promise<Outcome> {
  headers['Content-Type'] = contentTypeOf(answer.format);
  Object.assign(headers, answer.headers);
  const { payload, status, format } = answer;
  if (format === undefined) {
    const content = { status, chunks: plainText(payload), sizeBytes: payload.sizeBytes + 1 };
    return writeChunks(exchange, content, headers);
  }
  const { chunks, sizeBytes, rest } = await begun(payloadText(payload, format));
  if (!rest) return writeChunks(exchange, { status, chunks, sizeBytes }, headers);
  return writeRest(exchange, { status, chunks, sizeBytes, rest }, headers);
}

/** PIECE_BYTES is how much of a large answer is encrypted and sent in one go. */
const PIECE_BYTES = 512 * 1024;

interface Content {
  readonly status: number;
  readonly chunks: Iterable<Uint8Array>;
  readonly sizeBytes: number;
}

/** packs tells whether an answer is to be compressed, and says so in its head. */
function packs({ request }: Exchange, sizeBytes: number, headers: OutgoingHttpHeaders): boolean {
  if (sizeBytes < GZIP_FROM_BYTES) return false;
  const { remoteAddress, localAddress } = request.socket;
  const acceptEncoding = String(request.headers['accept-encoding'] ?? '');
  if (!wantsGzip({ acceptEncoding, sizeBytes, remoteAddress, localAddress })) return false;
  headers['Content-Encoding'] = 'gzip';
  headers.Vary = 'Accept-Encoding';
  return true;
}

/** TEXT_BYTES is up to what size an answer of HTTP/1 is joined with its head. */
const TEXT_BYTES = 16 * 1024;

/** endWithText ends a response with bytes as characters, which Node writes in one piece with the head. */
function endWithText(response: ServerResponse, chunks: Iterable<Uint8Array>): void {
  let text = '';
  for (const { buffer, byteOffset, length } of chunks) {
    text += Buffer.from(buffer, byteOffset, length).toString('latin1');
  }
  response.end(text, 'latin1');
}

async function writeChunks(
  exchange: Exchange,
  content: Content,
  headers: OutgoingHttpHeaders,
): Promise<Outcome> {
  const { request, response } = exchange;
  let { chunks, sizeBytes } = content;
  if (packs(exchange, sizeBytes, headers)) {
    // While it is compressed and sent nobody knows how long it will be.
    if (sizeBytes > PIECE_BYTES) {
      response.writeHead(content.status, headers);
      await writeStream(exchange, gzipStream(piecesOf(chunks)));
      return { code: content.status, sizeBytes };
    }
    const packed = await gzip(join(chunks));
    chunks = [packed];
    sizeBytes = packed.length;
  }
  headers['Content-Length'] = sizeBytes;
  response.writeHead(content.status, headers);
  if (request.method === 'HEAD') response.end();
  else if (sizeBytes <= TEXT_BYTES && request.httpVersionMajor === 1) endWithText(response, chunks);
  else if (sizeBytes <= PIECE_BYTES) response.end(join(chunks));
  else await writeStream(exchange, piecesOf(chunks));
  return { code: content.status, sizeBytes: content.sizeBytes };
}

interface Begun {
  readonly chunks: readonly Uint8Array[];
  readonly sizeBytes: number;
  /** What follows; absent where that is all. */
  readonly rest?: AsyncIterable<Uint8Array>;
}

/** begun takes as much of an answer as is sent in one go, to see whether that is all of it. */
async function begun(text: AsyncIterable<Uint8Array>): Promise<Begun> {
  const iterator = text[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  while (sizeBytes <= PIECE_BYTES) {
    const { done, value } = await iterator.next();
    if (done) return { chunks, sizeBytes };
    chunks.push(value);
    sizeBytes += value.length;
  }
  return { chunks, sizeBytes, rest: { [Symbol.asyncIterator]: () => iterator } };
}

/** writeRest sends an answer while it is made: nobody knows how long it will be. */
async function writeRest(
  exchange: Exchange,
  { status, chunks, rest }: { readonly status: number } & Required<Begun>,
  headers: OutgoingHttpHeaders,
): Promise<Outcome> {
  let sizeBytes = 0;
  async function* pieces(): AsyncIterable<Uint8Array> {
    for (const chunk of chunks) yield chunk;
    yield* rest;
  }
  async function* counted(): AsyncIterable<Uint8Array> {
    for await (const piece of pieces()) {
      sizeBytes += piece.length;
      yield piece;
    }
  }
  const isPacked = packs(exchange, PIECE_BYTES, headers);
  exchange.response.writeHead(status, headers);
  await writeStream(exchange, isPacked ? gzipStream(counted()) : counted());
  return { code: status, sizeBytes };
}

/** piecesOf joins chunks to pieces of some size, each in a turn of the event loop of its own. */
async function* piecesOf(chunks: Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let piece: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const chunk of chunks) {
    piece.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes < PIECE_BYTES) continue;
    yield join(piece);
    piece = [];
    sizeBytes = 0;
    await nextTurn();
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

/** isGone tells whether nobody takes the answer any more; HTTP/2 knows it of the stream. */
function isGone(response: ServerResponse): boolean {
  const { stream } = response as unknown as Partial<Http2ServerResponse>;
  return stream ? stream.destroyed : response.destroyed;
}

async function writeStream(
  { request, response }: Exchange,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  for await (const chunk of bytes) {
    if (isGone(response)) return;
    if (!response.write(chunk)) await drained(response);
  }
  response.end();
}

async function writeBytesAnswer(
  exchange: Exchange,
  answer: BytesResponse,
  headers: OutgoingHttpHeaders,
): Promise<Outcome> {
  const { response } = exchange;
  if (answer.contentType !== '') headers['Content-Type'] = answer.contentType;
  Object.assign(headers, answer.headers);
  if (answer.bytes instanceof Uint8Array) {
    return writeChunks(
      exchange,
      { status: answer.status, chunks: [answer.bytes], sizeBytes: answer.bytes.length },
      headers,
    );
  }
  response.writeHead(answer.status, headers);
  response.flushHeaders();
  await writeStream(exchange, answer.bytes);
  return { code: answer.status, sizeBytes: 0 };
}

/** writeAnswer writes the answer of the core, and tells the request when it is over. */
export async function writeAnswer(
  exchange: Exchange,
  request: HttpFrontRequest,
  answer: CoreAnswer,
): Promise<void> {
  const { response: core, warnings } = answer;
  const headers = request.answerHeaders;
  if (warnings.length > 0) headers.Warning = warningHeaders(warnings);
  switch (core.kind) {
    case 'payload':
      return request.finish(await writePayload(exchange, core, headers));
    case 'bytes':
      return request.finish(await writeBytesAnswer(exchange, core, headers));
    case 'watch':
      if (!request.upgrade) return writeWatch(exchange, request, core);
      return openWatchSocket(request.upgrade, core.source, {
        events: request.events,
        onEnd: () => request.finish({ code: 101, sizeBytes: 0 }),
      });
    case 'taken':
      exchange.request.socket.once('close', () => request.finish({ code: 101, sizeBytes: 0 }));
      return;
  }
}

function writeWatch(exchange: Exchange, request: HttpFrontRequest, core: WatchResponse): void {
  const { response, rounds } = exchange;
  const { format } = core;
  const stream = format ? `${contentTypeOf(format)};stream=watch` : contentTypeOf(format);
  request.answerHeaders['Content-Type'] = stream;
  response.once('close', () => request.finish({ code: 200, sizeBytes: 0 }));
  response.writeHead(200, request.answerHeaders);
  response.flushHeaders();
  const frameOf = format && protobufFrame;
  new WatchWriter(response, rounds, { events: request.events, frameOf }).open(core.source);
}

function asBytes(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text) : text;
}

/** How a failure is written; in words that people can read where no form was agreed upon. */
function errorFormat({ headers, query }: HttpFrontRequest, { code }: StatusError): PayloadFormat {
  const accept = headerOf(headers, 'accept');
  const format = errorFormatOf(accept);
  if (format === 'protobuf' || format === 'yaml') return format;
  if (format === undefined || code === 406) return 'pretty';
  return wantsPretty(query, headerOf(headers, 'user-agent')) ? 'pretty' : undefined;
}

/** writeError writes a failure as a Status, with the warnings that came up before; a response that has begun is cut off. */
export function writeError(exchange: Exchange, from: HttpFrontRequest, error: StatusError): void {
  const { answerHeaders: headers, warnings } = from;
  const { request, response } = exchange;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const format = errorFormat(from, error);
  const bytes = asBytes(statusText(error.status, format));
  headers['Content-Type'] = contentTypeOf(format);
  headers['Content-Length'] = bytes.length;
  if (warnings.length > 0) headers.Warning = warningHeaders(warnings);
  const retryAfter = error.status.details?.retryAfterSeconds;
  if (retryAfter !== undefined && retryAfter > 0) headers['Retry-After'] = String(retryAfter);
  const text = request.method === 'HEAD' ? EMPTY : bytes;
  // A failure before all of the body came: what is left of that would be taken for a request.
  if (error.code === 413 || (error.code === 504 && !request.complete)) {
    endWithConnection(exchange, { status: error.code, text }, headers);
    return;
  }
  response.writeHead(error.code, headers);
  response.end(text);
}

/** How long the rest of a body is taken and thrown away before the connection is cut. */
const LINGER_MS = 1000;

/**
 * endWithConnection answers a request whose body nobody reads, and ends the connection. A client
 * that is still sending would be told of a broken connection instead of the answer, so what it sends
 * is taken for a while. HTTP/2 ends the stream only.
 */
function endWithConnection(
  { request, response }: Exchange,
  answer: { readonly status: number; readonly text: Uint8Array },
  headers: OutgoingHttpHeaders,
): void {
  const isHttp1 = request.httpVersionMajor === 1;
  if (isHttp1) headers.Connection = 'close';
  response.writeHead(answer.status, headers);
  if (request.complete || !isHttp1) {
    response.end(answer.text);
    return;
  }
  response.write(answer.text);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once('end', end);
  response.once('close', () => clearTimeout(timer));
  request.resume();
}
