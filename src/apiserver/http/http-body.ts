import type { IncomingMessage } from 'node:http';
import type { RequestBody } from '../request/core-request.ts';
import { newBodyTooLarge } from '../request/decode-body.ts';

const EMPTY = Buffer.alloc(0);

function readAll(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
    return Promise.reject(newBodyTooLarge());
  }
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
    request.once('error', reject);
  });
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
