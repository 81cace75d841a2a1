import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestFacts } from '../contracts.ts';
import type { CoreAnswer, CoreRequest, RequestBody } from '../request/core-request.ts';
import type { UserInfo } from '../resource-definition.ts';

/** SentEvents is told what a watch has sent: each event as its bytes. */
export interface SentEvents {
  sent(frames: readonly Uint8Array[]): void;
}

/** Outcome is how a request over HTTP ended. */
export interface Outcome {
  /** The status code that was sent; 0 when the connection went before there was one. */
  readonly code: number;
  /** The size of the answer's body before compression; 0 for streams. */
  readonly sizeBytes: number;
}

/**
 * FrontRequest is a request over HTTP on its way through the filters, which fill in what the
 * others need: who sent it, and what goes into the head of the answer.
 */
export interface FrontRequest extends CoreRequest, RequestFacts {
  readonly path: string;
  readonly headers: CoreRequest['headers'];
  /** For whom the request is carried out; `system:anonymous` until authentication. */
  user: UserInfo;
  /** The target as it was sent, with the query. */
  readonly url: string;
  readonly auditId: string;
  readonly receivedAt: Date;
  /** True for watches and for what streams or takes over the connection: limits do not apply. */
  readonly isLongRunning: boolean;
  /** Headers of the answer, whatever it will be. */
  readonly answerHeaders: OutgoingHttpHeaders;
  /** The body; a filter may put another one in its place. */
  body: RequestBody;
  /** True once what becomes of the request is recorded. */
  isAudited: boolean;
  annotate?: (key: string, value: string) => void;
  /** How long the request waited for its turn and for webhooks, in milliseconds. */
  waitedMs: number;
  /** True once the server gave the request up to protect itself. */
  isTerminated: boolean;
  /** Counts the events of a watch, where somebody wants to know. */
  events?: SentEvents;
  /** abort calls off the signal of the request. */
  abort(): void;
  /** onDone calls back once, when the answer has been handed over or the client is gone. */
  onDone(callback: (outcome: Outcome) => void): void;
}

/** Handler carries out a request; failures are thrown as StatusError. */
export type Handler = (request: FrontRequest) => Promise<CoreAnswer>;

/** Filter puts something around a handler. Making one costs nothing per request. */
export type Filter = (next: Handler) => Handler;

/** chainOf composes filters, the outermost first, around a handler; undefined stands for one that is off. */
export function chainOf(filters: readonly (Filter | undefined)[], handler: Handler): Handler {
  return filters.reduceRight<Handler>((next, filter) => (filter ? filter(next) : next), handler);
}

/** plainAnswer is an answer in plain text, as Go's `http.Error` writes it. */
export function plainAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): CoreAnswer {
  const response = {
    kind: 'bytes',
    status,
    contentType: 'text/plain; charset=utf-8',
    bytes: Buffer.from(`${text}\n`),
    headers: { 'X-Content-Type-Options': 'nosniff', ...headers },
  } as const;
  return { response, warnings: [] };
}
