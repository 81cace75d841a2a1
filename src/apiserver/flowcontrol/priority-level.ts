import type {
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from '../../apis/flowcontrol.apiserver.k8s.io/v1/types.ts';
import { type FairQueue, FairQueues, type Waiting } from './fair-queues.ts';
import type { SeatsElsewhere } from './shared-seats.ts';
import { dealHand, flowHash } from './shuffle-shard.ts';

/** RejectReason says why a request is turned away, in the words of upstream's metric. */
export type RejectReason = 'queue-full' | 'concurrency-limit' | 'time-out' | 'cancelled';

/** Seats is what a request got: its place until it calls release, or why there is none. */
export type Seats =
  | { readonly kind: 'granted'; readonly waitedMs: number; release(): void }
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly waitedMs: number };

/** LevelClock tells the time in milliseconds and calls back, once after a while or in the next turn. */
export interface LevelClock {
  now(): number;
  setTimer(ms: number, callback: () => void): () => void;
  nextTurn(callback: () => void): void;
}

/** Lending is how levels help each other out with seats; all levels of a server share one. */
export interface Lending {
  /** mayBorrow tells whether the others leave a level seats beyond its own. */
  mayBorrow(level: PriorityLevel, seats: number): boolean;
  /** freed is told that seats were given back. */
  freed(): void;
}

/** LevelSettings is what a PriorityLevel is made of. */
export interface LevelSettings {
  readonly name: string;
  readonly uid: string;
  readonly spec: PriorityLevelConfigurationSpec;
  /** The seats that are this level's own. */
  readonly nominalSeats: number;
  readonly maxWaitMs: number;
  readonly clock: LevelClock;
  readonly lending: Lending;
  /** Present where several threads share the seats. */
  readonly elsewhere?: SeatsElsewhere | undefined;
}

/** How often it is looked whether other threads have given seats back that somebody waits for. */
const LOOK_MS = 5;
const MAX_HANDS = 1024;

/** Arrival is a request that wants seats. */
export interface Arrival {
  readonly schema: string;
  readonly distinguisher: string;
  readonly seats: number;
}

/**
 * PriorityLevel lets as many requests run at a time as it has seats, and queues or rejects others.
 *
 * INVARIANTS: seats are given back once, in the turn of the event loop after the request ended:
 * requests that are answered at once would otherwise run in the order of arrival, all those of a
 * flood first. Whoever waits is started, timed out or called off, exactly one of them. While
 * requests wait in other threads, this one uses no more than its part of the seats.
 */
export class PriorityLevel {
  readonly name: string;
  readonly uid: string;
  readonly isExempt: boolean;
  readonly settings: LevelSettings;
  readonly lendableSeats: number;
  readonly borrowingLimit: number;
  seatsInUse = 0;
  executing = 0;
  readonly #queuing: QueuingConfiguration | undefined;
  readonly #queues: FairQueues;
  readonly #hands = new Map<string, readonly number[]>();
  #freed = 0;
  #isLooking = false;

  constructor(settings: LevelSettings) {
    const { name, uid, spec, nominalSeats } = settings;
    const { limited, exempt } = spec;
    this.settings = settings;
    this.name = name;
    this.uid = uid;
    this.isExempt = spec.type === 'Exempt';
    const lendablePercent = (limited ?? exempt)?.lendablePercent ?? 0;
    this.lendableSeats = Math.round((nominalSeats * lendablePercent) / 100);
    const percent = limited?.borrowingLimitPercent;
    this.borrowingLimit =
      percent === undefined ? Number.POSITIVE_INFINITY : (nominalSeats * percent) / 100;
    this.#queuing = limited?.limitResponse?.queuing;
    this.#queues = new FairQueues(this.#queuing?.queues ?? 0);
  }

  get waiting(): number {
    return this.#queues.length;
  }

  /** seatsTaken are those that all threads use. */
  get seatsTaken(): number {
    return this.seatsInUse + (this.settings.elsewhere?.inUse() ?? 0);
  }

  /** enter asks for seats; an answer that is at hand comes at once. */
  enter(arrival: Arrival, signal: () => AbortSignal): Seats | Promise<Seats> {
    const seats = Math.min(arrival.seats, Math.max(1, this.settings.nominalSeats));
    const queue = this.#queueOf(arrival);
    if (this.#queues.length === 0 && this.#hasRoom(seats)) {
      if (queue) this.#queues.charge(queue, seats);
      return this.#grant(seats, queue, 0);
    }
    if (!queue) return { kind: 'rejected', reason: 'concurrency-limit', waitedMs: 0 };
    if (queue.waiting.length >= (this.#queuing?.queueLengthLimit ?? 0)) {
      return { kind: 'rejected', reason: 'queue-full', waitedMs: 0 };
    }
    return this.#wait(seats, queue, signal());
  }

  /** dispatch starts those whose turn it is, as far as there are seats. */
  dispatch(): void {
    for (let next = this.#queues.peek(); next; next = this.#queues.peek()) {
      if (!this.#hasRoom(next.seats)) {
        this.#lookAgain();
        return;
      }
      this.#queues.take(next);
      this.settings.elsewhere?.waits(-1);
      next.start();
    }
  }

  #wait(seats: number, queue: FairQueue, signal: AbortSignal): Promise<Seats> {
    const { clock, maxWaitMs } = this.settings;
    const since = clock.now();
    return new Promise((resolve) => {
      const waiting: Waiting = {
        seats,
        queue,
        start: () => {
          stop();
          resolve(this.#grant(seats, queue, clock.now() - since));
        },
      };
      const leave = (reason: RejectReason) => {
        stop();
        if (!this.#queues.remove(waiting)) return;
        this.settings.elsewhere?.waits(-1);
        resolve({ kind: 'rejected', reason, waitedMs: clock.now() - since });
      };
      const onAbort = () => leave('cancelled');
      const cancelTimer = clock.setTimer(maxWaitMs, () => leave('time-out'));
      const stop = () => {
        cancelTimer();
        signal.removeEventListener('abort', onAbort);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#queues.add(waiting);
      this.settings.elsewhere?.waits(1);
      this.#lookAgain();
      if (signal.aborted) onAbort();
    });
  }

  #grant(seats: number, queue: FairQueue | undefined, waitedMs: number): Seats {
    const { clock } = this.settings;
    this.#use(seats);
    this.executing += 1;
    const since = clock.now();
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      this.executing -= 1;
      if (queue) this.#queues.settle(queue, seats, clock.now() - since);
      this.#giveBack(seats);
    };
    return { kind: 'granted', waitedMs, release };
  }

  #giveBack(seats: number): void {
    this.#freed += seats;
    if (this.#freed > seats) return;
    this.settings.clock.nextTurn(() => {
      this.#use(-this.#freed);
      this.#freed = 0;
      // The level may have been replaced meanwhile: those who wait here are still its own.
      this.dispatch();
      this.settings.lending.freed();
    });
  }

  #use(seats: number): void {
    this.seatsInUse += seats;
    this.settings.elsewhere?.used(seats);
  }

  /** Nobody tells that another thread gave seats back. */
  #lookAgain(): void {
    if (!this.settings.elsewhere || this.#isLooking) return;
    this.#isLooking = true;
    this.settings.clock.setTimer(LOOK_MS, () => {
      this.#isLooking = false;
      this.dispatch();
    });
  }

  #hasRoom(seats: number): boolean {
    const { elsewhere, nominalSeats, lending } = this.settings;
    if (elsewhere) {
      const share = Math.max(seats, elsewhere.share(nominalSeats));
      if (this.seatsInUse + seats > share) return false;
    }
    return this.seatsTaken + seats <= nominalSeats || lending.mayBorrow(this, seats);
  }

  #queueOf({ schema, distinguisher }: Arrival): FairQueue | undefined {
    if (!this.#queuing) return undefined;
    const { queues = 1, handSize = 1 } = this.#queuing;
    const key = `${schema}/${distinguisher}`;
    let hand = this.#hands.get(key);
    if (!hand) {
      hand = dealHand(flowHash(schema, distinguisher), queues, Math.min(handSize, queues));
      if (this.#hands.size >= MAX_HANDS) this.#hands.clear();
      this.#hands.set(key, hand);
    }
    return this.#queues.shortest(hand);
  }
}
