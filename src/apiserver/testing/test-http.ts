import { request as httpsRequest } from 'node:https';
import type { TestListener } from './test-listener.ts';

/** TestAnswer is an answer over HTTP. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** TestCall is a request of a test. */
export interface TestCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** sendTo sends one request over HTTP/1.1 on a connection of its own. */
export function sendTo(open: TestListener, path: string, call: TestCall = {}): Promise<TestAnswer> {
  const { method = 'GET', headers = {}, body } = call;
  return new Promise((resolve, reject) => {
    const options = { ca: open.caPem, agent: false, method, headers };
    const request = httpsRequest(new URL(path, open.url), options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}
