import { setTimeout as sleep } from 'node:timers/promises';
import { commitChanges } from './lmdb-batch.ts';
import type { PendingChange, PendingLog } from './pending-log.ts';
import type { Tables } from './tables.ts';
import { synced } from './transactions.ts';

/** STEP is how many changes go into one transaction at most. */
const STEP = 500;
/** REST_MS is how long changes gather before they go into the tables. */
const REST_MS = 20;
/** RETRY_MS is how long after a failure (a full disk) it is tried again. */
const RETRY_MS = 1000;

/**
 * Settler brings durable changes from the pending log into the tables, behind the backs of those
 * who wrote them.
 *
 * INVARIANTS: one transaction at a time. A change is dropped from the pending log when the tables
 * show it.
 */
export class Settler {
  readonly #tables: Tables;
  readonly #pending: PendingLog;
  readonly #durable: () => number;
  readonly #onSettled: (revision: number) => void;
  #tail: Promise<void> = Promise.resolve();
  #resting: AbortController | undefined;
  #stopped = false;
  #wrote = false;

  /** `durable` is what may go into the tables; `onSettled` is told what has. */
  constructor(
    tables: Tables,
    pending: PendingLog,
    on: { durable(): number; onSettled(revision: number): void },
  ) {
    this.#tables = tables;
    this.#pending = pending;
    this.#durable = on.durable;
    this.#onSettled = on.onSettled;
  }

  /** request sees to it that what is durable now goes into the tables soon. */
  request(ms = REST_MS): void {
    if (this.#resting || this.#stopped) return;
    const resting = new AbortController();
    this.#resting = resting;
    sleep(ms, undefined, { signal: resting.signal })
      .then(() => this.settle())
      .then(
        () => undefined,
        () => RETRY_MS,
      )
      .then((again) => {
        this.#resting = undefined;
        if (again !== undefined || this.#pending.base < this.#durable()) this.request(again);
      });
  }

  /** settle brings everything that is durable now into the tables. Rejects when they cannot take it. */
  settle(): Promise<void> {
    return this.alone(async () => {
      const target = this.#durable();
      while (this.#pending.base < target) await this.commit(this.#pending.upTo(target, STEP));
    });
  }

  /** flush does the same and waits until it is on the disk. */
  async flush(): Promise<void> {
    await this.settle();
    // What an earlier process wrote is known to be synced only after a transaction of this one.
    if (!this.#wrote) await this.alone(() => this.commit([]));
    await synced(this.#tables);
  }

  /** alone does work that no transaction of the settler may come between. */
  alone(work: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => undefined);
    return done;
  }

  /** stop ends the work in the background; settle() goes on to work. */
  stop(): void {
    this.#stopped = true;
    this.#resting?.abort();
  }

  /** commit writes the oldest pending changes as one transaction; for work that is alone. */
  async commit(changes: readonly PendingChange[]): Promise<void> {
    const revision = this.#pending.base + changes.length;
    try {
      await commitChanges(this.#tables, changes, revision);
    } finally {
      this.#tables.root.resetReadTxn();
    }
    this.#wrote = true;
    this.#pending.drop(revision);
    this.#onSettled(revision);
  }
}
