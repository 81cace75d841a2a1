import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { HttpFrontRequest } from '../http/http-request.ts';
import type { UserInfo } from '../resource-definition.ts';
import { TEST_ADMIN } from './test-api-server.ts';

/** TestRequestOptions is what a test request differs in from a GET of the administrator. */
export interface TestRequestOptions {
  readonly method?: string;
  readonly user?: UserInfo;
  readonly headers?: Readonly<Record<string, string>>;
}

/** testRequest is a request over HTTP without a connection, for tests of filters. */
export function testRequest(url: string, options: TestRequestOptions = {}): HttpFrontRequest {
  const message = new IncomingMessage(new Socket());
  message.method = options.method ?? 'GET';
  message.url = url;
  Object.assign(message.headers, options.headers);
  const request = new HttpFrontRequest(message, { now: new Date('2026-01-01T00:00:00Z') });
  request.user = options.user ?? TEST_ADMIN;
  return request;
}
