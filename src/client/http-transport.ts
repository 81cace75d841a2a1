import { Readable } from 'node:stream';
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import type { WatchEvent } from '../machinery/object.ts';
import { ConnectionError } from './connection-error.ts';
import { jsonLines } from './json-lines.ts';
import { statusErrorOf } from './status-response.ts';
import type {
  ApiBody,
  ApiRequest,
  ApiResponse,
  Transport,
  UpgradedConnection,
} from './transport.ts';
import { type HttpTransportOptions, requestHeaders, tlsOptions } from './transport-options.ts';
import { openWebSocket } from './web-socket.ts';

/** CONNECT_TIMEOUT_MS is client-go's dial timeout. */
const CONNECT_TIMEOUT_MS = 30_000;

/** HttpTransport is a Transport that owns connections; close() ends those that are idle. */
export interface HttpTransport extends Transport {
  close(): Promise<void>;
}

/**
 * newHttpTransport makes a Transport that speaks HTTP(S) to a Kubernetes API server and keeps its
 * connections alive. Failures that the server answers are StatusErrors, all others (refused, cut
 * off, not trusted) ConnectionErrors. A watch ends quietly when its signal aborts.
 */
export function newHttpTransport(options: HttpTransportOptions): HttpTransport {
  const dispatcher = newDispatcher(options);
  return {
    request: (apiRequest) => send(options, dispatcher, apiRequest),
    upgrade: (apiRequest, protocols) => upgrade(options, apiRequest, protocols),
    close: () => dispatcher.destroy(),
  };
}

function newDispatcher(options: HttpTransportOptions): Dispatcher {
  const limits = {
    headersTimeout: options.timeoutMs ?? 0,
    bodyTimeout: 0,
    keepAliveTimeout: 60_000,
  };
  const connect = { ...tlsOptions(options), timeout: CONNECT_TIMEOUT_MS };
  if (!options.proxyUrl) return new Agent({ ...limits, connect });
  return new ProxyAgent({ ...limits, uri: options.proxyUrl, requestTls: connect });
}

function urlOf(options: HttpTransportOptions, apiRequest: ApiRequest): string {
  const query = apiRequest.query?.toString();
  const base = options.server.replace(/\/+$/, '');
  return `${base}${apiRequest.path}${query ? `?${query}` : ''}`;
}

async function upgrade(
  options: HttpTransportOptions,
  apiRequest: ApiRequest,
  protocols: readonly string[],
): Promise<UpgradedConnection> {
  const own = (await requestHeaders(options)) as Record<string, string>;
  const headers = { ...own, ...apiRequest.headers };
  const url = urlOf(options, apiRequest).replace(/^http/, 'ws');
  const { signal } = apiRequest;
  return openWebSocket(url, protocols, {
    headers,
    ...tlsOptions(options),
    ...(signal ? { signal } : {}),
  });
}

async function send(
  options: HttpTransportOptions,
  dispatcher: Dispatcher,
  apiRequest: ApiRequest,
): Promise<ApiResponse> {
  const body = encodeBody(apiRequest.body);
  const headers = {
    ...(await requestHeaders(options)),
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...apiRequest.headers,
  };
  const { method, signal } = apiRequest;
  try {
    const response = await request(urlOf(options, apiRequest), {
      method,
      headers,
      dispatcher,
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
    });
    if (response.statusCode >= 400) {
      throw statusErrorOf(response.statusCode, await response.body.text());
    }
    return await readResponse(options, apiRequest, response);
  } catch (error) {
    throw translate(options, error, signal);
  }
}

function translate(
  options: HttpTransportOptions,
  error: unknown,
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted) return signal.reason;
  const code = (error as { code?: unknown } | undefined)?.code;
  const fromNetwork =
    error instanceof Error && (typeof code === 'string' || error.cause instanceof Error);
  return fromNetwork ? new ConnectionError(options.server, error) : error;
}

function encodeBody(body: ApiRequest['body']): string | Uint8Array | Readable | undefined {
  if (body === undefined || body instanceof Uint8Array) return body;
  if (Symbol.asyncIterator in body) return Readable.from(body as AsyncIterable<Uint8Array>);
  return JSON.stringify(body);
}

async function readResponse(
  options: HttpTransportOptions,
  apiRequest: ApiRequest,
  response: Dispatcher.ResponseData,
): Promise<ApiResponse> {
  const warnings = warningTexts(response.headers.warning);
  for (const text of warnings) options.onWarning?.(text);
  const body = await readBody(options, apiRequest, response);
  return { status: response.statusCode, ...(warnings.length > 0 ? { warnings } : {}), body };
}

async function readBody(
  options: HttpTransportOptions,
  apiRequest: ApiRequest,
  response: Dispatcher.ResponseData,
): Promise<ApiBody> {
  const contentType = String(response.headers['content-type'] ?? '');
  const bytes = bodyBytes(options, response.body, apiRequest.signal);
  if (!contentType.startsWith('application/json')) return { kind: 'bytes', contentType, bytes };
  if (isWatch(apiRequest.query)) return { kind: 'watch', events: jsonLines<WatchEvent>(bytes) };
  return { kind: 'object', object: await response.body.json() };
}

function isWatch(query: URLSearchParams | undefined): boolean {
  const watch = query?.get('watch');
  return watch === 'true' || watch === '1';
}

/** bodyBytes reads a body; leaving the loop early cuts the connection. */
async function* bodyBytes(
  options: HttpTransportOptions,
  body: Readable,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    if (!signal?.aborted) throw new ConnectionError(options.server, error);
  } finally {
    body.destroy();
  }
}

/** warningTexts reads `299 - "text"` headers (RFC 7234, section 5.5). */
function warningTexts(header: string | string[] | undefined): string[] {
  const joined = Array.isArray(header) ? header.join(', ') : (header ?? '');
  return [...joined.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, quoted = '']) =>
    quoted.replace(/\\(.)/g, '$1'),
  );
}
