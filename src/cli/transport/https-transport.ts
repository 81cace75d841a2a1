import { type IncomingMessage, type RequestOptions, request as sendPlain } from 'node:http';
import { request as sendSecure } from 'node:https';
import { Readable } from 'node:stream';
import { statusErrorOf } from '../../client/status-response.ts';
import type { ApiBody, ApiRequest, ApiResponse, Transport } from '../../client/transport.ts';
import type { WatchEvent } from '../../machinery/object.ts';
import type { Connection } from '../kubeconfig/connection.ts';

/** RAW_BYTES is a header that asks this transport for the bytes of an answer, JSON or not. */
export const RAW_BYTES = 'x-sampan-raw';

function headersOf(connection: Connection, request: ApiRequest): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {
    'user-agent': 'sampan',
    accept: 'application/json',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(connection.token ? { authorization: `Bearer ${connection.token}` } : {}),
  };
  if (connection.as) headers['impersonate-user'] = connection.as;
  if (connection.asUid) headers['impersonate-uid'] = connection.asUid;
  if (connection.asGroups.length > 0) headers['impersonate-group'] = [...connection.asGroups];
  for (const [name, value] of Object.entries(request.headers ?? {}))
    if (name !== RAW_BYTES) headers[name] = value;
  return headers;
}

function optionsOf(connection: Connection, request: ApiRequest): RequestOptions {
  const url = new URL(connection.server);
  const query = request.query?.toString();
  const base = url.pathname.replace(/\/+$/, '');
  const tls = {
    ...(connection.caPem ? { ca: connection.caPem } : {}),
    ...(connection.certPem ? { cert: connection.certPem } : {}),
    ...(connection.keyPem ? { key: connection.keyPem } : {}),
    ...(connection.insecure ? { rejectUnauthorized: false } : {}),
    ...(connection.tlsServerName ? { servername: connection.tlsServerName } : {}),
  };
  return {
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: `${base}${request.path}${query ? `?${query}` : ''}`,
    method: request.method,
    headers: headersOf(connection, request),
    ...tls,
    ...(request.signal ? { signal: request.signal } : {}),
  };
}

function open(connection: Connection, request: ApiRequest): Promise<IncomingMessage> {
  const send = connection.server.startsWith('https:') ? sendSecure : sendPlain;
  return new Promise((resolve, reject) => {
    const outgoing = send(optionsOf(connection, request), resolve);
    outgoing.on('error', reject);
    if (connection.timeoutMs > 0)
      outgoing.setTimeout(connection.timeoutMs, () =>
        outgoing.destroy(
          new Error('net/http: request canceled (Client.Timeout exceeded while awaiting headers)'),
        ),
      );
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
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function* events(answer: IncomingMessage): AsyncGenerator<WatchEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of answer) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      if (line !== '') yield JSON.parse(line);
    }
  }
}

async function bodyOf(request: ApiRequest, answer: IncomingMessage): Promise<ApiBody> {
  const contentType = answer.headers['content-type'] ?? '';
  if (request.headers?.[RAW_BYTES] || !contentType.startsWith('application/json'))
    return { kind: 'bytes', contentType, bytes: answer };
  const watch = request.query?.get('watch');
  if (watch === 'true' || watch === '1') return { kind: 'watch', events: events(answer) };
  return { kind: 'object', object: JSON.parse(await textOf(answer)) };
}

function warningsOf(answer: IncomingMessage): string[] {
  const header = answer.headers.warning ?? '';
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replace(/\\(.)/g, '$1'),
  );
}

/**
 * newHttpsTransport is the Transport of the command line: Node's own HTTPS, because a command that
 * sends one request should not wait for a larger client to load. `warn` is told `Warning` headers;
 * upgrades load the client room's transport.
 */
export function newHttpsTransport(connection: Connection, warn: (text: string) => void): Transport {
  return {
    async request(request): Promise<ApiResponse> {
      const answer = await open(connection, request);
      const code = answer.statusCode ?? 500;
      const warnings = warningsOf(answer);
      for (const text of warnings) warn(text);
      if (code >= 400) throw statusErrorOf(code, await textOf(answer));
      return { status: code, warnings, body: await bodyOf(request, answer) };
    },
    async upgrade(request, protocols) {
      const { newHttpTransport } = await import('../../client/http-transport.ts');
      const { server, caPem, certPem, keyPem, token, as, asUid, asGroups } = connection;
      const transport = newHttpTransport({
        server,
        ...(caPem ? { caPem } : {}),
        ...(certPem ? { certPem } : {}),
        ...(keyPem ? { keyPem } : {}),
        ...(token ? { token } : {}),
        ...(connection.insecure ? { insecureSkipTlsVerify: true } : {}),
        ...(connection.tlsServerName ? { tlsServerName: connection.tlsServerName } : {}),
        ...(as
          ? { impersonate: { user: as, ...(asUid ? { uid: asUid } : {}), groups: asGroups } }
          : {}),
      });
      return transport.upgrade(request, protocols);
    },
  };
}
