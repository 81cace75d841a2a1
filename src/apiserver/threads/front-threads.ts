import type { Socket } from 'node:net';
import type { MetricSnapshot } from '../../machinery/metrics/metric.ts';
import type { ApiLog } from '../contracts.ts';
import { SharedSeats } from '../flowcontrol/shared-seats.ts';
import type { TlsMaterial } from '../http/http-listener.ts';
import { FrontThread, type FrontThreadProgram } from './front-thread.ts';

/** FrontThreadsOptions says how many threads there are and what they run. */
export interface FrontThreadsOptions extends Omit<FrontThreadProgram, 'data'> {
  readonly count: number;
  readonly data: Omit<FrontThreadProgram['data'], 'seats'>;
  /** The memory in which threads share seats: the main thread is number 0 there. */
  readonly seats: SharedArrayBuffer;
  readonly tls: TlsMaterial;
  readonly log: ApiLog;
}

const MIN_REST_MS = 500;
const MAX_REST_MS = 30_000;
/** A thread that ran for so long did not fail because of how it is started. */
const HEALTHY_AFTER_MS = 60_000;

/**
 * FrontThreads are threads that serve connections of the API beside the main thread, which stays
 * the only one that writes. A thread that fails is replaced; its connections end.
 *
 * INVARIANTS: only threads that are ready get connections. While none is, take() answers false and
 * the main thread serves.
 */
export class FrontThreads {
  readonly #options: FrontThreadsOptions;
  readonly #ready = new Set<FrontThread>();
  readonly #running = new Set<FrontThread>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #tls: TlsMaterial;
  #closed = false;

  constructor(options: FrontThreadsOptions) {
    this.#options = options;
    this.#tls = options.tls;
  }

  /** start begins to start the threads; it resolves when each is ready or has failed once. */
  async start(): Promise<void> {
    await Promise.all(
      Array.from({ length: this.#options.count }, (_, index) =>
        this.#startOne(index + 1, MIN_REST_MS),
      ),
    );
  }

  /** take passes a connection to the thread that has the fewest; false when there is no thread. */
  take(socket: Socket): boolean {
    let chosen: FrontThread | undefined;
    for (const one of this.#ready) {
      if (!chosen || one.connections < chosen.connections) chosen = one;
    }
    chosen?.take(socket);
    return chosen !== undefined;
  }

  /** notify tells all threads that there is a newer durable revision. */
  notify(): void {
    for (const one of this.#ready) one.notify();
  }

  /** metrics answers what all threads have counted. */
  metrics(): Promise<(readonly MetricSnapshot[])[]> {
    return Promise.all([...this.#ready].map((one) => one.metrics()));
  }

  /** setTls takes renewed certificates for the connections to come. */
  setTls(tls: TlsMaterial): void {
    this.#tls = tls;
    for (const one of this.#running) one.post({ kind: 'tls', tls });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#running].map((one) => one.close()));
  }

  async #startOne(number: number, restMs: number): Promise<void> {
    const { log, program, store } = this.#options;
    const startedAt = performance.now();
    const seats = { buffer: this.#options.seats, thread: number };
    const data = { ...this.#options.data, seats };
    const thread = new FrontThread({ program, data, store, tls: this.#tls, log });
    this.#running.add(thread);
    thread.ended.then((reason) => {
      this.#running.delete(thread);
      this.#ready.delete(thread);
      new SharedSeats(seats).leave();
      if (this.#closed) return;
      log.error({ err: reason }, 'a front thread of the API ended; another one is started');
      const isHealthy = performance.now() - startedAt > HEALTHY_AFTER_MS;
      this.#later(number, isHealthy ? MIN_REST_MS : restMs);
    });
    if (await thread.ready) this.#ready.add(thread);
  }

  #later(number: number, restMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#startOne(number, Math.min(restMs * 2, MAX_REST_MS));
    }, restMs);
    this.#timers.add(timer);
  }
}
