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

/** httpBody is the body of an HTTP request, read only when it is asked for. */
export function httpBody(request: IncomingMessage): RequestBody {
  return {
    object: undefined,
    read: (limitBytes) => readAll(request, limitBytes),
    stream: () => request,
  };
}
