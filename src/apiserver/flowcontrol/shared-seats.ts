/** SeatsElsewhere is what the threads of a server know of each other's use of a level's seats. */
export interface SeatsElsewhere {
  /** How many seats the other threads use. */
  inUse(): number;
  /**
   * share is how many of the seats this thread may use: all of them, unless requests wait for seats
   * in other threads; then an equal part.
   */
  share(seats: number): number;
  /** used tells that this thread uses more seats, or less. */
  used(change: number): void;
  /** waits tells that more requests, or less, wait in this thread. */
  waits(change: number): void;
}

/** SharedSeatsPlace is what a thread needs to take part: the memory, and its number. */
export interface SharedSeatsPlace {
  readonly buffer: SharedArrayBuffer;
  readonly thread: number;
}

const LEVELS = 256;
const HEADER = 1;

/** Never 0, which stands for a row that is free. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash | 1;
}

/** newSharedSeats makes the memory in which threads, up to so many, tell each other of their seats. */
export function newSharedSeats(threads: number): SharedArrayBuffer {
  const cells = HEADER + LEVELS + LEVELS * threads * 2;
  const buffer = new SharedArrayBuffer(cells * Int32Array.BYTES_PER_ELEMENT);
  new Int32Array(buffer)[0] = threads;
  return buffer;
}

/**
 * SharedSeats is one thread's view of that memory: for each priority level, by its name, how many
 * seats each thread uses and how many requests wait there.
 *
 * INVARIANTS: a thread writes to its own cells only; rows are never given back (names of levels are
 * few). Who finds no row has the seats for itself.
 */
export class SharedSeats {
  readonly #cells: Int32Array;
  readonly #threads: number;
  readonly #thread: number;

  constructor({ buffer, thread }: SharedSeatsPlace) {
    this.#cells = new Int32Array(buffer);
    this.#threads = this.#cells[0] ?? 0;
    this.#thread = thread;
  }

  /** of answers what this thread knows of a level; undefined: there are too many levels. */
  of(level: string): SeatsElsewhere | undefined {
    const row = this.#rowOf(level);
    if (row === undefined) return undefined;
    const first = HEADER + LEVELS + row * this.#threads * 2;
    const own = first + this.#thread * 2;
    const others = Array.from({ length: this.#threads }, (_, index) => first + index * 2).filter(
      (cell) => cell !== own,
    );
    const cells = this.#cells;
    return {
      inUse() {
        let sum = 0;
        for (const cell of others) sum += Atomics.load(cells, cell);
        return sum;
      },
      share(seats) {
        let wanting = 1;
        let someWait = false;
        for (const cell of others) {
          const waits = Atomics.load(cells, cell + 1) > 0;
          if (waits || Atomics.load(cells, cell) > 0) wanting += 1;
          someWait ||= waits;
        }
        return someWait ? Math.max(1, Math.floor(seats / wanting)) : Number.POSITIVE_INFINITY;
      },
      used: (change) => void Atomics.add(cells, own, change),
      waits: (change) => void Atomics.add(cells, own + 1, change),
    };
  }

  /** leave forgets what a thread used: it has ended. */
  leave(): void {
    for (let row = 0; row < LEVELS; row += 1) {
      const own = HEADER + LEVELS + (row * this.#threads + this.#thread) * 2;
      Atomics.store(this.#cells, own, 0);
      Atomics.store(this.#cells, own + 1, 0);
    }
  }

  #rowOf(level: string): number | undefined {
    const hash = hashOf(level);
    for (let step = 0; step < LEVELS; step += 1) {
      const row = (hash + step) & (LEVELS - 1);
      const found = Atomics.compareExchange(this.#cells, HEADER + row, 0, hash);
      if (found === 0 || found === hash) return row;
    }
    return undefined;
  }
}
