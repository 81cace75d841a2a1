import type { MetricSnapshot } from '../../machinery/metrics/metric.ts';
import type { SharedSeatsPlace } from '../flowcontrol/shared-seats.ts';
import type { TlsMaterial } from '../http/http-listener.ts';
import type { HandOverPlace } from './handed-listener.ts';
import type { PackedWrites, WriteAnswer } from './write-messages.ts';

/** FrontThreadData is what a front thread is started with, beside what its program needs. */
export interface FrontThreadData {
  /** Where the thread gets its connections from. */
  readonly door: string;
  readonly place: HandOverPlace;
  readonly tls: TlsMaterial;
  /** The buffer of the SharedLog that the writer publishes. */
  readonly sharedLog: SharedArrayBuffer;
  /** Its place among the threads that share the seats of priority and fairness. */
  readonly seats: SharedSeatsPlace;
}

/**
 * ToThread is what the main thread tells a front thread: that there are revisions which it may not
 * have seen, what became of its writes, renewed certificates, that its metrics are wanted.
 */
export type ToThread =
  | { readonly kind: 'durable' }
  | { readonly kind: 'written'; readonly answers: readonly WriteAnswer[] }
  | { readonly kind: 'tls'; readonly tls: TlsMaterial }
  | { readonly kind: 'metrics' };

/**
 * FromThread is what a front thread tells the main thread: that connections can come, that so many
 * of them are over, what to write and what to log, and its metrics.
 */
export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'ended'; readonly count: number }
  | { readonly kind: 'metrics'; readonly metrics: readonly MetricSnapshot[] }
  | { readonly kind: 'write'; readonly writes: PackedWrites }
  | {
      readonly kind: 'log';
      readonly level: 'info' | 'warn' | 'error';
      readonly fields: object;
      readonly message: string;
    };
