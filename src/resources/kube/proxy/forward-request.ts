import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { ConnectRequest } from '../../../apiserver/resource-definition.ts';
import type { ApiBody } from '../../../client/transport.ts';
import { newServiceUnavailable } from '../../../machinery/status-error.ts';
import { type LinkPlace, proxiedUrl, rewriteLinks } from './html-links.ts';
import type { ProxyTarget } from './proxy-target.ts';

/** Forwarding is a request on its way to a server behind the API. */
export interface Forwarding {
  readonly target: ProxyTarget;
  readonly request: ConnectRequest;
  /** The path of the proxy in the API, without a slash at its end. */
  readonly prefix: string;
  readonly signal: AbortSignal;
}

/** Headers that belong to one connection. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
/** Headers that are for the API server alone. */
const OWN = ['authorization', 'http2-settings'];

/** hostOf prints the address of a target as the Host header does. */
function hostOf({ host, port, isTls }: ProxyTarget): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === (isTls ? 443 : 80) ? name : `${name}:${port}`;
}

/** pathOf is what a request asks the server behind the proxy for. */
export function pathOf({ subpath, query }: ConnectRequest): string {
  const text = query.toString().replaceAll('+', '%20');
  return `${subpath === '' ? '/' : subpath}${text === '' ? '' : `?${text}`}`;
}

/** forwardedHeaders are the headers of a request for the server behind the proxy. */
export function forwardedHeaders({ request, target, prefix }: Forwarding): OutgoingHttpHeaders {
  const { headers, subpath } = request;
  const named = String(headers.connection ?? '')
    .toLowerCase()
    .split(',')
    .map((one) => one.trim());
  const kept: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    const skipped =
      HOP_BY_HOP.includes(name) ||
      OWN.includes(name) ||
      named.includes(name) ||
      name.startsWith(':') ||
      name.startsWith('impersonate-');
    if (!skipped && value !== undefined)
      kept[name] = typeof value === 'string' ? value : [...value];
  }
  kept.host ??= headers[':authority']?.toString() ?? hostOf(target);
  kept['x-forwarded-uri'] = `${prefix}${subpath}`;
  return kept;
}

/** reachProblem is why a server cannot be reached, in the words of Go's dialer. */
export function reachProblem(error: unknown, { host, port }: ProxyTarget): string {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const dialed: Readonly<Record<string, string>> = {
    ECONNREFUSED: `dial tcp ${address}: connect: connection refused`,
    EHOSTUNREACH: `dial tcp ${address}: connect: no route to host`,
    ENETUNREACH: `dial tcp ${address}: connect: network is unreachable`,
    ETIMEDOUT: `dial tcp ${address}: i/o timeout`,
    ECONNRESET: 'EOF',
    EPROTO: 'tls: first record does not look like a TLS handshake',
    ERR_SSL_WRONG_VERSION_NUMBER: 'tls: first record does not look like a TLS handshake',
    ERR_SSL_PACKET_LENGTH_TOO_LONG: 'tls: first record does not look like a TLS handshake',
  };
  return `error trying to reach service: ${dialed[code] ?? message}`;
}

function open(forwarding: Forwarding): Promise<IncomingMessage> {
  const { target, request, signal } = forwarding;
  const { headers } = request;
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(newServiceUnavailable(reachProblem(error, target)));
    const outgoing = (target.isTls ? httpsRequest : httpRequest)(
      {
        host: target.host,
        port: target.port,
        method: request.method,
        path: pathOf(request),
        headers: forwardedHeaders(forwarding),
        signal,
        // As upstream: who is behind an address in the cluster cannot be known by a certificate.
        rejectUnauthorized: false,
        agent: false,
      },
      resolve,
    );
    outgoing.on('error', fail);
    if (!hasBody) outgoing.end();
    else pipeline(request.body, outgoing).catch(fail);
  });
}

function answerHeaders(answer: IncomingMessage, place: LinkPlace) {
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined && !HOP_BY_HOP.includes(name)) headers[name] = value;
  const { location } = headers;
  if (typeof location === 'string') headers.location = proxiedUrl(location, place);
  delete headers['content-type'];
  return headers;
}

const DECODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  '': (bytes) => bytes,
  gzip: (bytes) => gunzipSync(bytes),
  deflate: (bytes) => inflateSync(bytes),
  br: (bytes) => brotliDecompressSync(bytes),
};

async function* rewritten(answer: IncomingMessage, place: LinkPlace): AsyncIterable<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const decode = DECODERS[answer.headers['content-encoding'] ?? ''];
  const page = (decode?.(Buffer.concat(chunks)) ?? Buffer.alloc(0)).toString('utf8');
  yield Buffer.from(rewriteLinks(page, (url) => proxiedUrl(url, place)));
}

/**
 * forwardRequest sends a request to a server behind the API and answers what that answers: links in
 * HTML and redirects lead through the proxy again. 503 when the server cannot be reached.
 */
export async function forwardRequest(forwarding: Forwarding): Promise<ApiBody> {
  const { target, request, prefix } = forwarding;
  const answer = await open(forwarding);
  const place = { prefix, hosts: [hostOf(target), String(request.headers.host ?? '')] };
  const headers = answerHeaders(answer, place);
  const contentType = answer.headers['content-type'] ?? '';
  const status = answer.statusCode ?? 502;
  const isPage = contentType.split(';')[0]?.trim() === 'text/html';
  const canRead = DECODERS[answer.headers['content-encoding'] ?? ''] !== undefined;
  if (!isPage || !canRead || headers.location !== undefined || request.method === 'HEAD')
    return { kind: 'bytes', status, contentType, headers, bytes: answer };
  delete headers['content-length'];
  delete headers['content-encoding'];
  return { kind: 'bytes', status, contentType, headers, bytes: rewritten(answer, place) };
}
