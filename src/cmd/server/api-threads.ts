import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import type { Pki } from '../../apiserver/access/pki.ts';
import type { ApiServer } from '../../apiserver/api-server.ts';
import type { ApiLog } from '../../apiserver/contracts.ts';
import { newSharedSeats, type SharedSeatsPlace } from '../../apiserver/flowcontrol/shared-seats.ts';
import type { TlsMaterial } from '../../apiserver/http/http-listener.ts';
import { FrontThreads } from '../../apiserver/threads/front-threads.ts';
import type { FrontThreadData } from '../../apiserver/threads/thread-messages.ts';
import type { MetricSnapshot } from '../../machinery/metrics/metric.ts';
import { SharedLog } from '../../storage/shared-log.ts';
import type { Store } from '../../storage/store.ts';
import type { ApiFlags } from '../platform/api-flags.ts';
import type { AdmissionSettings } from './admission-configuration.ts';
import { isAudited } from './front-options.ts';
import type { ImageSettings } from './image-settings.ts';
import { numberFlag } from './typed-flags.ts';
import { loopLoad, whenBusy } from './when-busy.ts';

/** ApiThreadData is what the program of a front thread is told. */
export interface ApiThreadData extends FrontThreadData {
  readonly storeDirectory: string;
  readonly pki: Pki;
  readonly flags: ApiFlags;
  /** As the main thread has read them: all threads admit alike. */
  readonly admissionSettings: AdmissionSettings;
  readonly images: ImageSettings;
}

/** ApiThreadsStart is what front threads are started with. */
export interface ApiThreadsStart
  extends Pick<
    ApiThreadData,
    'storeDirectory' | 'pki' | 'flags' | 'admissionSettings' | 'images' | 'tls'
  > {
  /** The bundle that front threads run. */
  readonly program: URL;
  readonly server: ApiServer;
  readonly store: Store;
  readonly log: ApiLog;
}

const DEFAULT_MOST = 2;

/**
 * threadCountOf reads `--api-threads`; absent, two, and fewer on machines with few cores. With an
 * audit log there are none: one thread writes it.
 */
function threadCountOf(flags: ApiFlags, cores = availableParallelism()): number {
  if (isAudited(flags)) return 0;
  return numberFlag(flags, '--api-threads') ?? Math.min(DEFAULT_MOST, cores - 1);
}

/** ApiThreads are the front threads of the API, which are started when the platform is up. */
export class ApiThreads {
  /** What the store publishes and the threads follow. */
  readonly sharedLog: SharedLog | undefined;
  /** The main thread's place among those that share the seats of priority and fairness. */
  readonly seats: SharedSeatsPlace | undefined;
  readonly #closed = new AbortController();
  #threads: FrontThreads | undefined;
  #endHandOver: () => Promise<void> = async () => undefined;

  constructor(flags: ApiFlags) {
    const count = threadCountOf(flags);
    if (count === 0) return;
    this.sharedLog = new SharedLog();
    this.seats = { buffer: newSharedSeats(count + 1), thread: 0 };
  }

  /** onDurable is called when the store has published something. */
  onDurable(): void {
    this.#threads?.notify();
  }

  /** take has a connection served by a front thread; false when there is none. */
  take(socket: Socket): boolean {
    return this.#threads?.take(socket) ?? false;
  }

  /** metrics answers what the threads have counted. */
  async metrics(): Promise<(readonly MetricSnapshot[])[]> {
    return (await this.#threads?.metrics()) ?? [];
  }

  /** setTls takes renewed certificates for the connections to come. */
  setTls(tls: TlsMaterial): void {
    this.#threads?.setTls(tls);
  }

  /**
   * start starts the threads and resolves when they serve. Where `--api-threads` does not say how
   * many there are to be, it waits until the main thread has more to do than it can.
   */
  async start(start: ApiThreadsStart): Promise<void> {
    if (!this.sharedLog || !this.seats) return;
    if (start.flags['--api-threads'] === undefined) {
      const isOpen = await whenBusy(loopLoad(), this.#closed.signal).then(
        () => true,
        () => false,
      );
      if (!isOpen) return;
      start.log.info({}, 'the API is busy: front threads are started');
    }
    await this.#start(start, this.sharedLog, this.seats.buffer);
  }

  async #start(
    start: ApiThreadsStart,
    sharedLog: SharedLog,
    seats: SharedArrayBuffer,
  ): Promise<void> {
    const { program, server, store, log, tls, ...more } = start;
    const count = threadCountOf(more.flags);
    const secret = randomBytes(32).toString('base64url');
    const place = { path: `\0sampan-${randomBytes(16).toString('hex')}`, secret };
    this.#endHandOver = await server.listenForHandedOver(place);
    const data: Omit<ApiThreadData, 'door' | 'tls' | 'seats'> = {
      ...more,
      place,
      sharedLog: sharedLog.buffer,
    };
    this.#threads = new FrontThreads({ count, program, data, seats, store, tls, log });
    await this.#threads.start();
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('the API is closed'));
    await this.#threads?.close();
    await this.#endHandOver();
  }
}
