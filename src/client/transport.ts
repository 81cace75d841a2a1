import type { Duplex } from 'node:stream';
import type { WatchEvent } from '../machinery/object.ts';

/** ApiRequest is one request to the API, whatever carries it: HTTP or a call in this process. */
export interface ApiRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** The path without query, such as `/api/v1/namespaces/default/pods`. */
  readonly path: string;
  readonly query?: URLSearchParams;
  /** Lower-case names. In-process callers need none but `content-type` of a patch. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A decoded object (in-process: it is cloned, never kept), bytes, or a stream of bytes. */
  readonly body?: object | Uint8Array | AsyncIterable<Uint8Array>;
  /** Ends the request, and a watch or stream that it began. */
  readonly signal?: AbortSignal;
  /**
   * True for a write that is part of another one that was admitted, as an eviction's: in this
   * process it is not admitted again, and nobody owns what it changes. Never sent over a wire.
   */
  readonly isPart?: boolean;
}

/** ApiBody is what comes back: one object, a stream of watch events, or bytes (logs, proxies). */
export type ApiBody =
  | { readonly kind: 'object'; readonly object: unknown }
  | { readonly kind: 'watch'; readonly events: AsyncIterable<WatchEvent> }
  | {
      readonly kind: 'bytes';
      /** Empty: the answer names none. */
      readonly contentType: string;
      readonly bytes: AsyncIterable<Uint8Array>;
      /** Default 200. */
      readonly status?: number;
      /** More headers of the answer, where a server behind the API gave them. */
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    };

/** ApiResponse is a success; a failure is thrown as a StatusError. */
export interface ApiResponse {
  readonly status: number;
  /** Texts of `Warning` headers. */
  readonly warnings?: readonly string[];
  readonly body: ApiBody;
}

/**
 * Transport carries requests to an API server. In-process it calls the server's handler; over
 * HTTPS it speaks to any Kubernetes. Everything above it is the same code.
 */
export interface Transport {
  request(request: ApiRequest): Promise<ApiResponse>;
  /**
   * upgrade opens a WebSocket for exec, attach and port-forward and answers the raw stream behind
   * the handshake's chosen subprotocol (`v5.channel.k8s.io`, `v4.channel.k8s.io`, …).
   */
  upgrade(request: ApiRequest, protocols: readonly string[]): Promise<UpgradedConnection>;
}

/** UpgradedConnection is an open WebSocket: whole binary messages in, whole binary messages out. */
export interface UpgradedConnection {
  readonly protocol: string;
  readonly messages: Duplex;
  close(): void;
}
