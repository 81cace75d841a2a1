import type { ApiRequest } from '../../client/transport.ts';
import type { WatchSource } from '../cache/message-sink.ts';
import type { Payload } from '../output/payload.ts';
import type { ConnectRequest, UserInfo } from '../resource-definition.ts';
import type { RequestInfo } from './request-info.ts';

/** RequestBody is what a request carries: an object that is at hand, or bytes still to be read. */
export interface RequestBody {
  /** The decoded object of an in-process caller; it is not the server's to keep or change. */
  readonly object: object | undefined;
  /** What read() answered, once it has. */
  readonly taken?: Buffer | undefined;
  /** Reads all bytes; throws 413 above the limit. */
  read(limitBytes: number): Promise<Buffer>;
  /** The bytes as they arrive. */
  stream(): AsyncIterable<Uint8Array>;
}

/** CoreRequest is a request after authentication, whatever carried it. */
export interface CoreRequest {
  readonly method: ApiRequest['method'];
  /** As it was sent, without the query. */
  readonly path: string;
  /** What method, path and query ask for. */
  readonly info: RequestInfo;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly user: UserInfo;
  readonly body: RequestBody;
  readonly signal: AbortSignal;
  /** How long the request has waited for what the server does not answer for, in milliseconds. */
  waitedMs?: number;
  /** Adds an annotation to what is recorded of the request; absent: nothing is. */
  readonly annotate?: ((key: string, value: string) => void) | undefined;
  /** Collects the warnings that come up, where the sender is told of them with a failure, too. */
  readonly warnings?: string[] | undefined;
  readonly upgrade?: ConnectRequest['upgrade'];
  /** True for a write of this process that is part of one that was admitted. */
  readonly isPart?: boolean | undefined;
}

/** CoreResponse is a success; failures are thrown as StatusError. */
export type CoreResponse =
  | {
      readonly kind: 'payload';
      readonly status: number;
      readonly payload: Payload;
      readonly format?: 'yaml' | 'pretty' | 'protobuf' | undefined;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'watch';
      readonly source: WatchSource;
      readonly format?: 'protobuf' | undefined;
    }
  | {
      readonly kind: 'bytes';
      readonly status: number;
      readonly contentType: string;
      readonly bytes: AsyncIterable<Uint8Array> | Uint8Array;
      /** True for the answer of another API server: callers in this process get it decoded. */
      readonly isDelegated?: boolean;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    }
  /** The handler took over the upgraded socket. */
  | { readonly kind: 'taken' };

/** CoreAnswer is a response with the warnings that came up on the way. */
export interface CoreAnswer {
  readonly response: CoreResponse;
  readonly warnings: readonly string[];
}

/** headerOf answers one header as a single text; empty when absent. */
export function headerOf(headers: CoreRequest['headers'], name: string): string {
  const value = headers[name];
  if (value === undefined) return '';
  return typeof value === 'string' ? value : value.join(', ');
}
