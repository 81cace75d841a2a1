import { isConflict, isNamespaceGone } from '../machinery/status-error.ts';
import {
  type Clock,
  type Controller,
  type Informers,
  type Logger,
  type ReconcileResult,
  TerminalError,
} from './controller.ts';
import { type MeterOf, WorkQueue } from './work-queue.ts';

/** How one call of reconcile ended. */
type ReconcileOutcome = 'done' | 'again' | 'conflict' | 'gone' | 'failed' | 'terminal';

/** ManagerDeps is what a manager needs. */
export interface ManagerDeps {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly log: Logger;
  /** Who measures the queues of the controllers. */
  readonly meterOf?: MeterOf;
}

/** Manager runs controllers. */
export interface Manager {
  /** add registers a controller; after start() it begins at once. */
  add(controller: Controller): void;
  /** start begins to reconcile as soon as a controller's sources have synced. Start the informers too. */
  start(): void;
  /** stop takes no more keys and resolves when the reconciles under way have ended. */
  stop(): Promise<void>;
  /** idle tells whether no controller has a key that waits or is reconciled. */
  readonly idle: boolean;
}

/** newManager makes a Manager without controllers. */
export function newManager(deps: ManagerDeps): Manager {
  const runners: Runner[] = [];
  let started = false;
  return {
    add(controller) {
      const runner = new Runner(controller, deps);
      runners.push(runner);
      if (started) runner.start();
    },
    start() {
      if (started) return;
      started = true;
      for (const runner of runners) runner.start();
    },
    async stop() {
      await Promise.all(runners.map((runner) => runner.stop()));
    },
    get idle() {
      return runners.every((runner) => runner.idle);
    },
  };
}

/**
 * Runner runs one controller.
 *
 * INVARIANTS: sources are connected before start, so that no change is missed between the first
 * list and the first reconcile. A key leaves the queue through done() in every outcome.
 */
class Runner {
  readonly #controller: Controller;
  readonly #deps: ManagerDeps;
  readonly #queue: WorkQueue;
  readonly #workers: Promise<void>[] = [];
  /** Resolves at stop(), so that a source that never syncs does not hold it up. */
  readonly #stopping: Promise<void>;
  #markStopping: () => void = () => undefined;
  #cancelResync: () => void = () => undefined;
  #end: () => void = () => undefined;

  constructor(controller: Controller, deps: ManagerDeps) {
    this.#controller = controller;
    this.#deps = deps;
    this.#queue = new WorkQueue(deps.clock);
    const meter = deps.meterOf?.(controller.name, this.#queue);
    if (meter) this.#queue.meterBy(meter);
    this.#stopping = new Promise((resolve) => {
      this.#markStopping = resolve;
    });
    for (const { type, keys } of controller.sources) {
      deps.informers.informer(type).onChange((change) => {
        for (const key of keys(change)) this.#queue.add(key);
      });
    }
  }

  get idle(): boolean {
    return this.#queue.idle;
  }

  start(): void {
    const { concurrency = 1 } = this.#controller;
    for (let i = 0; i < concurrency; i += 1) this.#workers.push(this.#work());
    this.#scheduleResync();
    this.#end = this.#controller.begin?.((key) => this.#queue.add(key)) ?? this.#end;
  }

  async stop(): Promise<void> {
    this.#markStopping();
    this.#cancelResync();
    this.#end();
    this.#queue.stop();
    await Promise.all(this.#workers);
  }

  #scheduleResync(): void {
    const { resyncMs, sources } = this.#controller;
    if (resyncMs === undefined) return;
    this.#cancelResync = this.#deps.clock.setTimer(resyncMs, () => {
      for (const { type, keys } of sources) {
        for (const current of this.#deps.informers.informer(type).list()) {
          for (const key of keys({ current, previous: current })) this.#queue.add(key);
        }
      }
      this.#scheduleResync();
    });
  }

  async #work(): Promise<void> {
    const { informers } = this.#deps;
    const sources = this.#controller.sources.map(({ type }) => informers.informer(type));
    const synced = Promise.all(sources.map((informer) => informer.synced()));
    await Promise.race([synced, this.#stopping]);
    for (;;) {
      const key = await this.#queue.take();
      if (key === undefined) return;
      await this.#process(key);
      this.#queue.done(key);
    }
  }

  async #process(key: string): Promise<void> {
    let result: ReconcileResult | undefined;
    let error: unknown;
    try {
      result = await this.#controller.reconcile(key);
    } catch (thrown) {
      error = thrown ?? new Error('reconcile threw nothing');
    }
    this.#settle(key, result, error);
  }

  /** settle is every outcome of a reconcile and what follows from it. */
  #settle(key: string, result: ReconcileResult | undefined, error: unknown): void {
    const outcome = outcomeOf(result, error);
    const { log } = this.#deps;
    const fields = { controller: this.#controller.name, key };
    switch (outcome) {
      case 'done':
        this.#queue.forget(key);
        break;
      case 'again':
        this.#queue.forget(key);
        this.#queue.addAfter(key, result?.requeueAfterMs ?? 0);
        break;
      case 'conflict':
        this.#queue.addRateLimited(key);
        log.debug(fields, 'reconcile lost against a newer version, trying again');
        break;
      case 'gone':
        this.#queue.forget(key);
        log.debug(fields, 'reconcile ended: the namespace is being terminated');
        break;
      case 'failed':
        this.#queue.addRateLimited(key);
        log.warn(
          { ...fields, err: error, failures: this.#queue.failures(key) },
          'reconcile failed',
        );
        break;
      case 'terminal':
        this.#queue.forget(key);
        log.error({ ...fields, err: error }, 'reconcile failed for good');
        break;
    }
  }
}

function outcomeOf(result: ReconcileResult | undefined, error: unknown): ReconcileOutcome {
  if (error instanceof TerminalError) return 'terminal';
  if (isConflict(error)) return 'conflict';
  if (isNamespaceGone(error)) return 'gone';
  if (error !== undefined) return 'failed';
  return result?.requeueAfterMs === undefined ? 'done' : 'again';
}
