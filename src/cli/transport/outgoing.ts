import type { ApiRequest } from '../../client/transport.ts';
import { trustIn } from '../../client/trust.ts';
import type { Connection } from '../kubeconfig/connection.ts';

/** RAW_BYTES is a header that asks this transport for the bytes of an answer, JSON or not. */
export const RAW_BYTES = 'x-sampan-raw';

/** Answer is what comes back for a request: its head, and its body piece by piece. */
export interface Answer extends AsyncIterable<Uint8Array> {
  readonly statusCode?: number | undefined;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Open sends a request and answers as soon as the head of the answer is there. */
export type Open = (connection: Connection, request: ApiRequest) => Promise<Answer>;

/** Target is where a request goes. */
export interface Target {
  readonly isSecure: boolean;
  readonly hostname: string;
  readonly port: number;
  readonly host: string;
  /** The path with the query. */
  readonly path: string;
}

/** targetOf puts the server's URL and the request's path together. */
export function targetOf({ server }: Connection, request: ApiRequest): Target {
  const url = new URL(server);
  const query = request.query?.toString();
  const isSecure = url.protocol === 'https:';
  return {
    isSecure,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (isSecure ? 443 : 80),
    host: url.host,
    path: `${url.pathname.replace(/\/+$/, '')}${request.path}${query ? `?${query}` : ''}`,
  };
}

/** headersOf are the headers of a request: who asks, and what may come back. */
export function headersOf(
  connection: Connection,
  request: ApiRequest,
): Record<string, string | string[]> {
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

/** tlsOptionsOf are the options of Node's TLS for a connection. */
export function tlsOptionsOf(connection: Connection) {
  return {
    ...trustIn(connection.caPem),
    ...(connection.certPem ? { cert: connection.certPem } : {}),
    ...(connection.keyPem ? { key: connection.keyPem } : {}),
    ...(connection.insecure ? { rejectUnauthorized: false } : {}),
    ...(connection.tlsServerName ? { servername: connection.tlsServerName } : {}),
  };
}

/** newTimeoutError is what a request fails with when the answer does not begin in time. */
export function newTimeoutError(): Error {
  return new Error('net/http: request canceled (Client.Timeout exceeded while awaiting headers)');
}
