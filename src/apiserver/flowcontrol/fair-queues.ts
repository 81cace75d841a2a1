/** Waiting is a request in a queue. */
export interface Waiting {
  /** How many seats it takes. */
  readonly seats: number;
  readonly queue: FairQueue;
  /** start lets the request go on. */
  start(): void;
}

/** FairQueue is one of the queues of a priority level. */
export interface FairQueue {
  readonly waiting: Waiting[];
  /** When the queue's next request begins, in virtual time. */
  virtualStart: number;
  /** The seats that its requests take that are under way. */
  seatsInUse: number;
}

/** How long a request is taken to last, until it is known (milliseconds). */
const ESTIMATED_MS = 3;

/**
 * FairQueues shares what a priority level can do among its queues by what their requests cost:
 * seats times time. A queue that used much waits for those that used less.
 *
 * INVARIANTS: virtual time never runs backwards; a queue that was idle begins at the present
 * virtual time, so it neither saves up nor owes from then. `length` counts all waiting requests.
 */
export class FairQueues {
  readonly #queues: readonly FairQueue[];
  readonly #active = new Set<FairQueue>();
  #virtualTime = 0;
  #length = 0;

  constructor(count: number) {
    this.#queues = Array.from({ length: count }, () => ({
      waiting: [],
      virtualStart: 0,
      seatsInUse: 0,
    }));
  }

  get length(): number {
    return this.#length;
  }

  /** shortest answers the queue of a hand in which the least is waiting and under way. */
  shortest(hand: readonly number[]): FairQueue | undefined {
    let best: FairQueue | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const index of hand) {
      const queue = this.#queues[index];
      if (!queue) continue;
      let load = queue.seatsInUse;
      for (const one of queue.waiting) load += one.seats;
      if (load < least) [best, least] = [queue, load];
    }
    return best;
  }

  add(waiting: Waiting): void {
    const { queue } = waiting;
    queue.waiting.push(waiting);
    this.#active.add(queue);
    this.#length += 1;
    this.#wake(queue);
  }

  /** remove takes out a request that waits no longer; false: it is not waiting. */
  remove(waiting: Waiting): boolean {
    const { queue } = waiting;
    const index = queue.waiting.indexOf(waiting);
    if (index < 0) return false;
    queue.waiting.splice(index, 1);
    this.#left(queue);
    return true;
  }

  /** peek answers the request whose turn it is. */
  peek(): Waiting | undefined {
    let next: FairQueue | undefined;
    for (const queue of this.#active) {
      if (!next || queue.virtualStart < next.virtualStart) next = queue;
    }
    return next?.waiting[0];
  }

  /** take removes the request that peek answered, and charges its queue. */
  take(waiting: Waiting): void {
    const { queue } = waiting;
    queue.waiting.shift();
    this.#virtualTime = Math.max(this.#virtualTime, queue.virtualStart);
    this.charge(queue, waiting.seats);
    this.#left(queue);
  }

  /** charge notes that a request of a queue begins. */
  charge(queue: FairQueue, seats: number): void {
    if (queue.waiting.length === 0) this.#wake(queue);
    queue.seatsInUse += seats;
    queue.virtualStart += seats * ESTIMATED_MS;
  }

  /** settle notes that a request of a queue ended, and what it really took. */
  settle(queue: FairQueue, seats: number, tookMs: number): void {
    queue.seatsInUse -= seats;
    queue.virtualStart += seats * (tookMs - ESTIMATED_MS);
  }

  #wake(queue: FairQueue): void {
    if (queue.waiting.length <= 1 && queue.seatsInUse === 0) {
      queue.virtualStart = Math.max(queue.virtualStart, this.#virtualTime);
    }
  }

  #left(queue: FairQueue): void {
    this.#length -= 1;
    if (queue.waiting.length === 0) this.#active.delete(queue);
  }
}
