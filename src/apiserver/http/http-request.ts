import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { PeerCertificate } from 'node:tls';
import type { ApiRequest } from '../../client/transport.ts';
import { ANONYMOUS } from '../access/authenticated-group.ts';
import { separated } from '../access/header-values.ts';
import type { RequestFacts } from '../contracts.ts';
import type { FrontRequest, Outcome, SentEvents } from '../filters/filter.ts';
import { isLongRunning } from '../filters/long-running.ts';
import type { CoreRequest, RequestBody } from '../request/core-request.ts';
import { parseRequest, type RequestInfo } from '../request/request-info.ts';
import type { UserInfo } from '../resource-definition.ts';
import { certificateOf } from './client-certificate.ts';
import { HttpBody } from './http-body.ts';
import { wellFormedQuery } from './malformed.ts';

const NO_QUERY = new URLSearchParams();
const MAX_AUDIT_ID_LENGTH = 64;
const REPEATED = ['impersonate-', 'x-remote-'];

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
function targetOf(url: string): HttpTarget {
  const at = url.indexOf('?');
  if (at < 0) return { path: url, query: NO_QUERY };
  return { path: url.slice(0, at), query: new URLSearchParams(wellFormedQuery(url.slice(at + 1))) };
}

/** auditIdOf is the id that the client gave the request, or a new one. */
function auditIdOf(request: IncomingMessage): string {
  const given = request.headers['audit-id'];
  if (typeof given !== 'string' || given === '') return randomUUID();
  return given.slice(0, MAX_AUDIT_ID_LENGTH);
}

/** HandedFacts is what another thread of the server found out about a request that it hands over. */
export interface HandedFacts {
  readonly user: UserInfo;
  readonly remoteAddress: string;
}

/** HttpFrontRequest is a request that came over HTTP; what few requests need is made on demand. */
export class HttpFrontRequest implements FrontRequest {
  readonly method: ApiRequest['method'];
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly info: RequestInfo;
  readonly isLongRunning: boolean;
  readonly headers: CoreRequest['headers'];
  body: RequestBody;
  isAudited = false;
  readonly warnings: string[] = [];
  annotate?: (key: string, value: string) => void;
  readonly upgrade?: CoreRequest['upgrade'];
  readonly auditId: string;
  readonly receivedAt: Date;
  readonly answerHeaders: OutgoingHttpHeaders;
  user: UserInfo = ANONYMOUS;
  readonly knownUser: UserInfo | undefined;
  readonly remoteAddress: string;
  waitedMs = 0;
  isTerminated = false;
  events?: SentEvents;
  readonly #request: IncomingMessage;
  readonly #closing: { once(event: 'close', listener: () => void): unknown };
  #controller: AbortController | undefined;
  #whenDone: ((outcome: Outcome) => void)[] | undefined;

  constructor(
    request: IncomingMessage,
    from: {
      readonly now: Date;
      readonly handed?: HandedFacts | undefined;
      readonly response?: ServerResponse;
      readonly upgrade?: { readonly socket: Duplex; readonly head: Buffer };
    },
  ) {
    const { path, query } = targetOf(request.url ?? '/');
    this.#request = request;
    this.method = (request.method ?? 'GET') as ApiRequest['method'];
    this.url = request.url ?? '/';
    this.path = path;
    this.query = query;
    this.info = parseRequest(this.method, path, query);
    this.isLongRunning = isLongRunning(this.info);
    this.headers = headersOf(request);
    this.body = new HttpBody(request);
    this.receivedAt = from.now;
    this.knownUser = from.handed?.user;
    this.remoteAddress = from.handed?.remoteAddress ?? request.socket.remoteAddress ?? '';
    this.auditId = auditIdOf(request);
    this.answerHeaders = { 'Audit-Id': this.auditId, 'Cache-Control': 'no-cache, private' };
    this.#closing = from.response ?? request.socket;
    if (from.upgrade) this.upgrade = { request, ...from.upgrade };
  }

  get peerCertificate(): PeerCertificate | undefined {
    return certificateOf(this.#request).peerCertificate;
  }

  get certificateRefused(): boolean {
    return certificateOf(this.#request).certificateRefused;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController();
      this.#controller = controller;
      this.#closing.once('close', () => controller.abort());
    }
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller ??= new AbortController();
    this.#controller.abort();
  }

  onDone(callback: (outcome: Outcome) => void): void {
    if (this.#whenDone) this.#whenDone.push(callback);
    else this.#whenDone = [callback];
  }

  /** finish tells who asked to know that the request is over; only the first call counts. */
  finish(outcome: Outcome): void {
    const callbacks = this.#whenDone;
    this.#whenDone = undefined;
    if (callbacks) for (const callback of callbacks) callback(outcome);
  }
}
