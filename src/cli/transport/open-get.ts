import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { headersOf, newTimeoutError, type Open, targetOf, tlsOptionsOf } from './outgoing.ts';
import { readAnswer } from './read-answer.ts';

/**
 * open sends a request without a body over a connection of its own. It does for the quick program
 * what Node's HTTP client does, without loading it; other programs use open-http.ts.
 */
export const open: Open = async (connection, request) => {
  const { isSecure, hostname, port, host, path } = targetOf(connection, request);
  const place = { host: hostname, port };
  const socket: Socket = isSecure
    ? connectSecure({ ...place, ...tlsOptionsOf(connection) })
    : connectPlain(place);
  const { signal } = request;
  signal?.addEventListener('abort', () => socket.destroy(signal.reason), { once: true });
  const lines = [`${request.method} ${path} HTTP/1.1`, `host: ${host}`, 'connection: close'];
  for (const [name, value] of Object.entries(headersOf(connection, request)))
    for (const one of Array.isArray(value) ? value : [value]) lines.push(`${name}: ${one}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (connection.timeoutMs > 0)
    socket.setTimeout(connection.timeoutMs, () => socket.destroy(newTimeoutError()));
  const answer = await readAnswer(socket);
  socket.setTimeout(0);
  return answer;
};
