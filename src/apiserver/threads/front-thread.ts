import type { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { MetricSnapshot } from '../../machinery/metrics/metric.ts';
import type { Store } from '../../storage/store.ts';
import type { ApiLog } from '../contracts.ts';
import type { TlsMaterial } from '../http/http-listener.ts';
import { type ConnectionSender, openConnectionDoor } from './connection-channel.ts';
import { newWriteServer, type WriteServer } from './serve-writes.ts';
import type { FromThread, FrontThreadData, ToThread } from './thread-messages.ts';

/** FrontThreadProgram is what a front thread runs. */
export interface FrontThreadProgram {
  /** The module that calls runFrontThread. */
  readonly program: URL;
  /** What the module is told; it must be possible to clone it. */
  readonly data: Omit<FrontThreadData, 'door' | 'tls'>;
  /** Carries out the writes of the threads. */
  readonly store: Pick<Store, 'write'>;
}

/** FrontThreadOptions is what one thread is started with. */
export interface FrontThreadOptions extends FrontThreadProgram {
  readonly tls: TlsMaterial;
  readonly log: ApiLog;
}

/** The heap of a thread: what is young may grow until few of it outlive their request. */
const LIMITS = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 1024 };

const METRICS_TIMEOUT_MS = 1000;

/** FrontThread is one thread as the main thread sees it. */
export class FrontThread {
  /** Resolves with true when it takes connections, with false when it ended before. */
  readonly ready: Promise<boolean>;
  /** Resolves when it is over, with the reason. */
  readonly ended: Promise<Error>;
  readonly #askers = new Set<(metrics: readonly MetricSnapshot[]) => void>();
  #connections = 0;
  #worker: Worker | undefined;
  #sender: ConnectionSender | undefined;
  #writes: WriteServer | undefined;
  #becomeReady: (isReady: boolean) => void = () => undefined;

  constructor(options: FrontThreadOptions) {
    this.ready = new Promise((resolve) => {
      this.#becomeReady = resolve;
    });
    this.ended = this.#run(options).catch((error: unknown) => error as Error);
    void this.ended.then(() => this.#finish());
  }

  /** connections is how many connections it serves. */
  get connections(): number {
    return this.#connections;
  }

  /** take passes a connection to the thread. */
  take(socket: Socket): void {
    this.#connections += 1;
    this.#sender?.send(socket);
  }

  post(message: ToThread): void {
    this.#worker?.postMessage(message);
  }

  /** notify tells the thread that there is a newer durable revision, unless an answer will tell it. */
  notify(): void {
    if (!this.#writes?.open) this.post({ kind: 'durable' });
  }

  /** metrics answers what the thread has counted; nothing when it does not answer in time. */
  metrics(): Promise<readonly MetricSnapshot[]> {
    return new Promise((resolve) => {
      const answer = (metrics: readonly MetricSnapshot[]) => {
        clearTimeout(timer);
        this.#askers.delete(answer);
        resolve(metrics);
      };
      const timer = setTimeout(() => answer([]), METRICS_TIMEOUT_MS);
      this.#askers.add(answer);
      this.post({ kind: 'metrics' });
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  async #run({ program, data, tls, log, store }: FrontThreadOptions): Promise<Error> {
    const door = await openConnectionDoor();
    try {
      const workerData: FrontThreadData = { ...data, tls, door: door.path };
      const worker = new Worker(program, { workerData, resourceLimits: LIMITS });
      this.#worker = worker;
      let failure: Error | undefined;
      worker.on('error', (error) => {
        failure = error;
      });
      const writes = newWriteServer(store, (answers) => this.post({ kind: 'written', answers }));
      this.#writes = writes;
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'write') writes.carryOut(message.writes);
        else this.#onMessage(message, log);
      });
      const exit = new Promise<Error>((resolve) => {
        worker.once('exit', (code) => resolve(failure ?? new Error(`it ended with code ${code}`)));
      });
      const first = await Promise.race([door.sender, exit]);
      if (first instanceof Error) return first;
      this.#sender = first;
      return await exit;
    } finally {
      door.close();
    }
  }

  #onMessage(message: Exclude<FromThread, { kind: 'write' }>, log: ApiLog): void {
    switch (message.kind) {
      case 'ready':
        this.#becomeReady(true);
        return;
      case 'ended':
        this.#connections -= message.count;
        return;
      case 'metrics':
        for (const answer of this.#askers) answer(message.metrics);
        return;
      case 'log':
        log[message.level](message.fields, message.message);
        return;
    }
  }

  #finish(): void {
    this.#sender?.close();
    this.#becomeReady(false);
  }
}
