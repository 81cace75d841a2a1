import {
  Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { newServiceUnavailable, newUnauthorized } from '../../machinery/status-error.ts';
import type { Authenticator } from '../contracts.ts';
import type { HttpFrontRequest } from '../http/http-request.ts';
import type { Exchange } from '../http/http-response.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { HandOverPlace } from './handed-listener.ts';
import { HANDED_HEADER, handedHeader } from './handed-request.ts';

/** Headers that are about one connection, not about the request. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Carry hands a request to the main thread and relays its answer. */
export type Carry = (exchange: Exchange, request: HttpFrontRequest) => Promise<void>;

/**
 * newCarry hands requests over as HTTP over a Unix socket: bodies, back-pressure, upgrades and
 * clients that go away come out right by themselves. Who sends a request is found out here.
 */
export function newCarry(place: HandOverPlace, authenticator: Authenticator): Carry {
  const agent = new Agent({ keepAlive: true });
  return async (exchange, request) => {
    const user = await authenticator.authenticate(request);
    if (!user) throw newUnauthorized();
    const upstream = httpRequest({
      agent,
      socketPath: place.path,
      method: request.method,
      path: request.url.replace(/[^\u0021-\u00ff]/g, encodeURIComponent),
      headers: requestHeaders(exchange.request, request, handed(place, request, user)),
    });
    const answered = answerOf(upstream);
    if (request.upgrade) upstream.end();
    else sendBody(exchange, upstream, request.body.taken);
    const answer = await answered;
    if (answer.socket && request.upgrade) join(request.upgrade, answer.message, answer.socket);
    else relay(exchange.response, answer.message);
    request.finish({ code: answer.message.statusCode ?? 0, sizeBytes: 0 });
  };
}

function handed(place: HandOverPlace, request: HttpFrontRequest, user: UserInfo): string {
  return handedHeader(place.secret, { user, remoteAddress: request.remoteAddress });
}

function requestHeaders(
  message: IncomingMessage,
  request: HttpFrontRequest,
  handedText: string,
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (!HOP_BY_HOP.has(name) && !name.startsWith(':')) headers[name] = value as string;
  }
  const { remoteAddress, localAddress } = message.socket;
  // Compression costs more than it saves for a client on this machine.
  if (remoteAddress === localAddress) delete headers['accept-encoding'];
  const authority = message.headers[':authority'];
  if (headers.host === undefined && authority !== undefined) headers.host = String(authority);
  headers['audit-id'] = request.auditId;
  headers[HANDED_HEADER] = handedText;
  if (request.upgrade) {
    headers.connection = 'Upgrade';
    headers.upgrade = message.headers.upgrade;
  } else if (request.body.taken) {
    headers['content-length'] = request.body.taken.length;
  } else if (hasBody(message) && headers['content-length'] === undefined) {
    headers['transfer-encoding'] = 'chunked';
  }
  return headers;
}

function hasBody(message: IncomingMessage): boolean {
  const { headers } = message;
  if (message.httpVersionMajor === 1) {
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  }
  return !message.readableEnded && message.method !== 'GET' && message.method !== 'HEAD';
}

function sendBody(
  { request, response }: Exchange,
  upstream: ClientRequest,
  taken: Buffer | undefined,
): void {
  response.once('close', () => upstream.destroy());
  // A stream of HTTP/2 that is reset ends, too: what came of it is not all.
  request.once('aborted', () => upstream.destroy());
  if (taken) upstream.end(taken);
  else if (hasBody(request)) request.pipe(upstream);
  else upstream.end();
}

interface Answer {
  readonly message: IncomingMessage;
  /** Present when the connection was taken over. */
  readonly socket?: { readonly socket: Duplex; readonly head: Buffer };
}

function answerOf(upstream: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    upstream.once('response', (message) => resolve({ message }));
    upstream.once('upgrade', (message, socket, head) =>
      resolve({ message, socket: { socket, head } }),
    );
    upstream.on('error', (error) =>
      reject(newServiceUnavailable('the server is not ready to handle the request', error)),
    );
  });
}

/** headPairs answers the headers of a message that are not about its connection. */
function headPairs({ rawHeaders }: IncomingMessage): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase())) pairs.push([name, value]);
  }
  return pairs;
}

function relay(response: ServerResponse, answer: IncomingMessage): void {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of headPairs(answer)) {
    const known = headers[name];
    headers[name] = known === undefined ? value : [known, value].flat();
  }
  const isHttp1 = response.req.httpVersionMajor === 1;
  if (isHttp1 && answer.headers.connection === 'close') headers.Connection = 'close';
  response.writeHead(answer.statusCode ?? 500, headers);
  if (answer.headers['content-length'] === undefined) response.flushHeaders();
  answer.once('error', () => response.destroy());
  answer.pipe(response);
}

/** join lets both connections be one, beginning with the answer that takes it over. */
function join(
  client: { readonly socket: Duplex; readonly head: Buffer },
  answer: IncomingMessage,
  upstream: { readonly socket: Duplex; readonly head: Buffer },
): void {
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
  for (let index = 0; index + 1 < answer.rawHeaders.length; index += 2) {
    lines.push(`${answer.rawHeaders[index]}: ${answer.rawHeaders[index + 1]}`);
  }
  client.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (upstream.head.length > 0) client.socket.write(upstream.head);
  if (client.head.length > 0) upstream.socket.write(client.head);
  for (const [from, to] of [
    [client.socket, upstream.socket],
    [upstream.socket, client.socket],
  ] as const) {
    from.pipe(to);
    from.once('error', () => to.destroy());
    // What was read to its end is still being written.
    from.once('close', () => from.readableEnded || to.destroy());
  }
}
