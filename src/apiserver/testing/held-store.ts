import { newMemoryStore } from '../../storage/memory/memory-store.ts';
import type { OnQueued, Store, Write, WriteResult } from '../../storage/store.ts';

interface Waiting {
  /** Answers as the store does when the write is durable. */
  release(): void;
  fail(error: Error): void;
}

/** HeldStore is a store in memory whose disk is in the hand of a test. */
export interface HeldStore {
  readonly store: Store;
  /** hold keeps writes in the queue from now on: decided, but neither durable nor answered. */
  hold(): void;
  /** waiting tells how many writes are held. */
  waiting(): number;
  /** release makes durable what is held, and no longer holds. */
  release(): void;
  /** fail undoes what is held, and no longer holds. */
  fail(error: Error): void;
}

/** newHeldStore makes an empty one, which holds nothing yet; all writes must pass it. */
export function newHeldStore(): HeldStore {
  const store = newMemoryStore();
  const carryOut = store.write.bind(store);
  /** What the queue says of each key, and what is durable. */
  let decided = new Map<string, number>();
  let durable = new Map<string, number>();
  let revision = 0;
  let durableRevision = 0;
  let isHeld = false;
  let queue: Waiting[] = [];
  store.write = (write: Write, onQueued?: OnQueued): Promise<WriteResult> => {
    const wins = (decided.get(write.key) ?? 0) === write.expectedModRevision;
    if (wins) revision += 1;
    const mine = revision;
    if (wins) decided.set(write.key, write.value === null ? 0 : mine);
    const answered = new Promise<WriteResult>((resolve, reject) => {
      queue.push({
        release: () => resolve(carryOut(write)),
        fail: reject,
      });
    });
    if (wins) onQueued?.(mine);
    if (!isHeld) release();
    return answered;
  };
  function release(): void {
    isHeld = false;
    durable = new Map(decided);
    durableRevision = revision;
    for (const one of queue) one.release();
    queue = [];
  }
  return {
    store,
    hold: () => {
      isHeld = true;
    },
    waiting: () => queue.length,
    release,
    fail(error) {
      isHeld = false;
      decided = new Map(durable);
      revision = durableRevision;
      for (const one of queue) one.fail(error);
      queue = [];
    },
  };
}
