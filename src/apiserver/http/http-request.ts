import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import type { ApiRequest } from '../../client/transport.ts';
import { separated } from '../access/header-values.ts';
import type { RequestFacts } from '../contracts.ts';
import type { CoreRequest, RequestBody } from '../request/core-request.ts';
import type { UserInfo } from '../resource-definition.ts';
import { httpBody } from './http-body.ts';

const NO_QUERY = new URLSearchParams();
const REPEATED = ['impersonate-', 'x-remote-'];

interface ClientCertificate {
  readonly peerCertificate: PeerCertificate | undefined;
  readonly certificateRefused: boolean;
}

const certificates = new WeakMap<TLSSocket, ClientCertificate>();

/** certificateOf answers the client's certificate with its chain, if it sent one that verified; read once. */
function certificateOf(socket: TLSSocket): ClientCertificate {
  const known = certificates.get(socket);
  if (known) return known;
  const certificate = socket.getPeerCertificate(true);
  const isSent = certificate?.raw !== undefined;
  const answer = {
    peerCertificate: isSent && socket.authorized ? certificate : undefined,
    certificateRefused: isSent && !socket.authorized,
  };
  certificates.set(socket, answer);
  return answer;
}

const NO_CERTIFICATE: ClientCertificate = {
  peerCertificate: undefined,
  certificateRefused: false,
};

/** headersOf answers the headers; those that name users are lists where they were sent repeatedly. */
function headersOf({ headers, rawHeaders }: IncomingMessage): RequestFacts['headers'] {
  const namesUser =
    headers['impersonate-user'] !== undefined || headers['x-remote-user'] !== undefined;
  return namesUser ? separated(headers, rawHeaders, REPEATED) : headers;
}

/** HttpTarget is the path and query of a request. */
export interface HttpTarget {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** targetOf splits the target of a request. */
export function targetOf(url: string): HttpTarget {
  const at = url.indexOf('?');
  if (at < 0) return { path: url, query: NO_QUERY };
  return { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

/** factsOf is what authentication may look at. */
export function factsOf(request: IncomingMessage, target: HttpTarget): RequestFacts {
  return {
    headers: headersOf(request),
    ...(request.socket instanceof TLSSocket ? certificateOf(request.socket) : NO_CERTIFICATE),
    path: target.path,
    remoteAddress: request.socket.remoteAddress ?? '',
  };
}

/** HttpCoreRequest is a request of the core that came over HTTP; its signal is made on demand. */
export class HttpCoreRequest implements CoreRequest {
  readonly method: ApiRequest['method'];
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: CoreRequest['headers'];
  readonly user: UserInfo;
  readonly body: RequestBody;
  readonly upgrade?: CoreRequest['upgrade'];
  readonly #closing: { once(event: 'close', listener: () => void): unknown };
  #controller: AbortController | undefined;

  constructor(
    request: IncomingMessage,
    target: HttpTarget,
    from: {
      readonly user: UserInfo;
      readonly response?: ServerResponse;
      readonly upgrade?: { readonly socket: Duplex; readonly head: Buffer };
    },
  ) {
    this.method = (request.method ?? 'GET') as ApiRequest['method'];
    this.path = target.path;
    this.query = target.query;
    this.headers = headersOf(request);
    this.user = from.user;
    this.body = httpBody(request);
    this.#closing = from.response ?? request.socket;
    if (from.upgrade) this.upgrade = { request, ...from.upgrade };
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController();
      this.#controller = controller;
      this.#closing.once('close', () => controller.abort());
    }
    return this.#controller.signal;
  }
}
