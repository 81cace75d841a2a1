import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { TestListener } from './test-listener.ts';

/** SentAnswer is an answer that was read whole; of a connection that was taken over, all that came. */
export interface SentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** sendTo sends one request to a test server, on a connection of its own. */
export function sendTo(
  open: TestListener,
  path: string,
  options: RequestOptions = {},
  body?: string | Buffer,
): Promise<SentAnswer> {
  return new Promise((resolve, reject) => {
    const url = new URL(path, open.url);
    const request = httpsRequest(url, { ca: open.caPem, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.on('upgrade', (_response, socket, head) => {
      let text = head.toString('utf8');
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      socket.on('close', () => resolve({ status: 101, headers: {}, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
