import type { TlsMaterial } from '../http/http-listener.ts';
import type { HandOverPlace } from './handed-listener.ts';

/** FrontThreadData is what a front thread is started with, beside what its program needs. */
export interface FrontThreadData {
  /** Where the thread gets its connections from. */
  readonly door: string;
  readonly place: HandOverPlace;
  readonly tls: TlsMaterial;
  /** The buffer of the SharedLog that the writer publishes. */
  readonly sharedLog: SharedArrayBuffer;
}

/** ToThread is what the main thread tells a front thread. */
export type ToThread =
  /** There are revisions that the thread may not have seen. */
  { readonly kind: 'durable' } | { readonly kind: 'tls'; readonly tls: TlsMaterial };

/** FromThread is what a front thread tells the main thread. */
export type FromThread =
  /** Connections can come. */
  | { readonly kind: 'ready' }
  /** So many of its connections are over. */
  | { readonly kind: 'ended'; readonly count: number }
  | {
      readonly kind: 'log';
      readonly level: 'info' | 'warn' | 'error';
      readonly fields: object;
      readonly message: string;
    };
