import type { IncomingMessage } from 'node:http';
import { newBadRequest, type StatusError } from '../../machinery/status-error.ts';
import type { RequestBody } from '../request/core-request.ts';
import { newBodyTooLarge } from '../request/decode-body.ts';

const EMPTY = Buffer.alloc(0);

/** newBodyCut refuses what was broken off while it was sent: half of it may well be readable. */
function newBodyCut(cause?: unknown): StatusError {
  return newBadRequest('unexpected EOF', cause);
}

/**
 * demandWhole throws where a client has gone before all of its request came. Node ends a stream of
 * HTTP/2 that is reset like one that is complete: only `aborted` tells them apart.
 */
function demandWhole(request: IncomingMessage): void {
  if (request.aborted || (request.destroyed && !request.readableEnded)) throw newBodyCut();
}

function takeAll(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) {
        request.removeAllListeners('data');
        request.resume();
        reject(newBodyTooLarge());
      } else chunks.push(chunk);
    });
    request.once('end', () =>
      resolve(chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks)),
    );
    request.once('error', (error) => reject(newBodyCut(error)));
  });
}

async function readAll(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw newBodyTooLarge();
  // What is destroyed already never ends.
  demandWhole(request);
  const bytes = await takeAll(request, limitBytes);
  demandWhole(request);
  return bytes;
}

/** HttpBody is the body of an HTTP request, read only when it is asked for. */
export class HttpBody implements RequestBody {
  readonly object = undefined;
  readonly #request: IncomingMessage;
  #taken: Buffer | undefined;

  constructor(request: IncomingMessage) {
    this.#request = request;
  }

  get taken(): Buffer | undefined {
    return this.#taken;
  }

  async read(limitBytes: number): Promise<Buffer> {
    this.#taken = await readAll(this.#request, limitBytes);
    return this.#taken;
  }

  stream(): AsyncIterable<Uint8Array> {
    return this.#request;
  }
}
