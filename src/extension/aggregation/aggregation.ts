import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { APIService } from '../../apis/apiregistration.k8s.io/v1/types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { DelegatedApi } from '../../apiserver/delegation.ts';
import type { CoreRequest, CoreResponse } from '../../apiserver/request/core-request.ts';
import type { RemoteClient, RemoteTls } from '../remote/remote-request.ts';
import { tlsOptions } from '../remote/remote-request.ts';
import { type Address, resolveService, ServiceError } from '../remote/service-resolver.ts';
import { availabilityOf } from './api-services.ts';
import { RegisteredServers } from './registered-servers.ts';
import { USER_HEADERS, userHeaders } from './user-headers.ts';

/** ClientPair is the certificate with which this server shows itself to others. */
export interface ClientPair {
  readonly certPem: string;
  readonly keyPem: string;
}

/** AggregationDeps: the cache and the certificate are asked for when a request comes. */
export interface AggregationDeps {
  readonly remote: RemoteClient;
  cache(): CacheReader;
  frontProxy(): ClientPair;
}

/** Headers that belong to a connection, or that only this server may set. */
const OWN_HEADERS =
  /^(?:host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|authorization|x-remote-.*|impersonate-.*|content-length|:.*)$/;

/** The paths of a group version: what it serves, and its own description. */
const SERVED_PATH = /^(?:\/openapi\/v3)?\/apis\/([^/]+)\/([^/]+)/;

function plain(status: number, text: string): CoreResponse {
  const bytes = Buffer.from(`${text}\n`);
  const headers = { 'X-Content-Type-Options': 'nosniff' };
  const contentType = 'text/plain; charset=utf-8';
  return { kind: 'bytes', status, contentType, bytes, headers, isDelegated: true };
}

/** Aggregation hands requests of registered group versions to the servers that serve them. */
export class Aggregation implements DelegatedApi {
  readonly servers: RegisteredServers;
  readonly #deps: AggregationDeps;

  constructor(deps: AggregationDeps) {
    this.#deps = deps;
    this.servers = new RegisteredServers(() => deps.cache());
  }

  groups() {
    return this.servers.groups();
  }

  serve(request: CoreRequest): Promise<CoreResponse> | undefined {
    const found = SERVED_PATH.exec(request.path);
    if (!found) return undefined;
    const [, group = '', version = ''] = found;
    const service = this.servers.find(group, version);
    return service && this.#forward(service, request);
  }

  /** connectionTo answers where the server of an APIService is, and how it is spoken to. */
  connectionTo(service: APIService): { readonly address: Address; readonly tls: RemoteTls } {
    const { caBundle = '', insecureSkipTLSVerify = false } = service.spec ?? {};
    const { namespace = '', name = '', port = 443 } = service.spec?.service ?? {};
    const address = resolveService(this.#deps.cache(), { namespace, name, port }, Math.random());
    const tls = {
      serverName: `${name}.${namespace}.svc`,
      caPem: Buffer.from(caBundle, 'base64').toString('utf8'),
      insecure: insecureSkipTLSVerify,
      client: this.#deps.frontProxy(),
    };
    return { address, tls };
  }

  async #forward(service: APIService, request: CoreRequest): Promise<CoreResponse> {
    if (availabilityOf(service)?.status !== 'True') return plain(503, 'service unavailable');
    let target: ReturnType<Aggregation['connectionTo']>;
    try {
      target = this.connectionTo(service);
    } catch (error) {
      if (error instanceof ServiceError) return plain(503, 'service unavailable');
      throw error;
    }
    const query = request.query.toString();
    const path = query === '' ? request.path : `${request.path}?${query}`;
    const headers = forwardedHeaders(request);
    if (request.upgrade) return upgrade(request, { ...target, path, headers });
    return this.#send(request, { ...target, path, headers });
  }

  async #send(request: CoreRequest, target: Target): Promise<CoreResponse> {
    const { method, signal, body } = request;
    const hasBody = method !== 'GET' && method !== 'HEAD';
    try {
      const sent = hasBody ? { ...target, body: body.stream() } : target;
      const response = await this.#deps.remote.send({ ...sent, method, signal });
      return answered(response);
    } catch (error) {
      return plain(503, `error trying to reach service: ${textOf(error)}`);
    }
  }
}

interface Target {
  readonly address: Address;
  readonly tls: RemoteTls;
  readonly path: string;
  readonly headers: Record<string, string | string[]>;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function forwardedHeaders(request: CoreRequest): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || OWN_HEADERS.test(name)) continue;
    headers[name] = typeof value === 'string' ? value : [...value];
  }
  const length = request.headers['content-length'];
  if (typeof length === 'string') headers['content-length'] = length;
  const { method } = request;
  if (method !== 'GET' && method !== 'HEAD') headers['content-type'] ??= 'application/json';
  return { ...headers, ...userHeaders(request.user) };
}

function answered(response: IncomingMessage): CoreResponse {
  const { 'content-type': contentType = '', ...rest } = response.headers;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || /^(?:connection|keep-alive|transfer-encoding|date)$/.test(name)) {
      continue;
    }
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const { statusCode: status = 502 } = response;
  return { kind: 'bytes', status, contentType, bytes: response, headers, isDelegated: true };
}

/** upgrade joins the sockets of the two sides once the server has changed the protocol. */
function upgrade(request: CoreRequest, target: Target): Promise<CoreResponse> {
  const { socket, head } = request.upgrade ?? {};
  if (!socket || !head) return Promise.resolve(plain(400, 'no connection to upgrade'));
  const { address, tls, path, headers } = target;
  const changed = { connection: 'Upgrade', upgrade: textHeader(request, 'upgrade') };
  return new Promise((resolve) => {
    const sent = httpsRequest({
      host: address.host,
      port: address.port,
      method: request.method,
      path,
      headers: { ...headers, ...changed },
      ...tlsOptions(tls),
    });
    sent.on('upgrade', (response, remote, remoteHead) => {
      socket.write(headOf(response));
      join(socket, remote, { head, remoteHead });
      resolve({ kind: 'taken' });
    });
    sent.on('response', (response) => resolve(answered(response)));
    sent.on('error', (error) =>
      resolve(plain(503, `error trying to reach service: ${error.message}`)),
    );
    sent.end();
  });
}

function textHeader(request: CoreRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function join(
  socket: Duplex,
  remote: Duplex,
  early: { readonly head: Buffer; readonly remoteHead: Buffer },
): void {
  if (early.remoteHead.length > 0) socket.write(early.remoteHead);
  if (early.head.length > 0) remote.write(early.head);
  socket.pipe(remote).pipe(socket);
  socket.on('error', () => remote.destroy());
  remote.on('error', () => socket.destroy());
  socket.on('close', () => remote.destroy());
  remote.on('close', () => socket.destroy());
}

/** AGGREGATOR_USER is as whom this server looks whether others answer. */
export const AGGREGATOR_USER = {
  [USER_HEADERS.user]: 'system:kube-aggregator',
  [USER_HEADERS.group]: 'system:masters',
};
