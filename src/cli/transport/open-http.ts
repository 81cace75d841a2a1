import { request as sendPlain } from 'node:http';
import { request as sendSecure } from 'node:https';
import { Readable } from 'node:stream';
import { headersOf, newTimeoutError, type Open, targetOf, tlsOptionsOf } from './outgoing.ts';

/** open sends any request with Node's HTTP client. */
export const open: Open = (connection, request) => {
  const { isSecure, hostname, port, path } = targetOf(connection, request);
  const send = isSecure ? sendSecure : sendPlain;
  const options = {
    hostname,
    port,
    path,
    method: request.method,
    headers: headersOf(connection, request),
    ...tlsOptionsOf(connection),
    ...(request.signal ? { signal: request.signal } : {}),
  };
  return new Promise((resolve, reject) => {
    const outgoing = send(options, resolve);
    outgoing.on('error', reject);
    if (connection.timeoutMs > 0)
      outgoing.setTimeout(connection.timeoutMs, () => outgoing.destroy(newTimeoutError()));
    const { body } = request;
    if (body === undefined) outgoing.end();
    else if (!(body instanceof Uint8Array) && Symbol.asyncIterator in body)
      Readable.from(body).on('error', reject).pipe(outgoing);
    else {
      // Node writes no length of its own for DELETE, and the server would not find the end.
      const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
      outgoing.setHeader('content-length', bytes.length);
      outgoing.end(bytes);
    }
  });
};
