import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const TEXTS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** malformedAnswer is the answer to what is no HTTP/1.1 request, in the form of Go's server. */
export function malformedAnswer(code: string | undefined): string {
  const text = TEXTS[code ?? ''] ?? '400 Bad Request';
  const head = 'Content-Type: text/plain; charset=utf-8\r\nConnection: close';
  return `HTTP/1.1 ${text}\r\n${head}\r\n\r\n${text}`;
}

/** LINGER_MS is how long a client that was refused may go on sending what is thrown away. */
const LINGER_MS = 1000;
const refused = new WeakSet<Duplex>();

/**
 * answerMalformed answers what is no HTTP/1.1 request and ends the connection. What the client still
 * sends is an error again, and thrown away for a while: cut off at once, it would not see the answer.
 */
export function answerMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code !== 'ECONNRESET' && refused.has(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  refused.add(socket);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.end(malformedAnswer(error.code));
}

const PLAIN_ANSWER =
  'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';

/**
 * answerPlain answers who begins with an HTTP request where TLS is expected, as Go's server does, and
 * ends the connection. False: the handshake failed for another reason. `socket` is the one that
 * Node made for TLS and has given up; the answer goes to the connection below it.
 */
export function answerPlain(error: NodeJS.ErrnoException, socket: Duplex): boolean {
  if (error.code !== 'ERR_SSL_HTTP_REQUEST') return false;
  const below: unknown = Reflect.get(socket, '_parent');
  if (below instanceof Socket) below.end(PLAIN_ANSWER, () => below.destroy());
  return true;
}

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;

/** isMalformedTarget tells whether the path of a target has escapes that are none. */
export function isMalformedTarget(target: string): boolean {
  if (!target.includes('%')) return false;
  const at = target.indexOf('?');
  return BAD_ESCAPE.test(at < 0 ? target : target.slice(0, at));
}

/** refuseMalformed answers a request that names no path. */
export function refuseMalformed(response: ServerResponse): void {
  const isHttp1 = response.req.httpVersionMajor === 1;
  response.writeHead(400, {
    'Content-Type': 'text/plain; charset=utf-8',
    ...(isHttp1 && { Connection: 'close' }),
  });
  response.end('400 Bad Request');
}

/** wellFormedQuery leaves out the parameters of a query whose escapes are none, as Go does. */
export function wellFormedQuery(query: string): string {
  if (!query.includes('%') || !BAD_ESCAPE.test(query)) return query;
  return query
    .split('&')
    .filter((one) => !BAD_ESCAPE.test(one))
    .join('&');
}
