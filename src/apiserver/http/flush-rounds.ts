/** Flushable is something that gathers output and writes it when it is told to. */
export interface Flushable {
  flush(): void;
}

/** FlushClock tells the time in milliseconds and calls back later: at once means the next turn. */
export interface FlushClock {
  now(): number;
  later(ms: number, callback: () => void): void;
  /** busyPart answers the part (0 to 1) of the time since it was last asked that the thread worked. */
  busyPart(): number;
}

function newClock(): FlushClock {
  let last = performance.eventLoopUtilization();
  return {
    now: () => performance.now(),
    later: (ms, callback) => {
      if (ms > 0) setTimeout(callback, ms);
      else setImmediate(callback);
    },
    busyPart: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    },
  };
}

const LINE_END = Buffer.from('\r\n');

interface Joined {
  readonly frames: readonly Buffer[];
  readonly bytes: Buffer;
}

/** SLICE_MS is how long a round may keep the event loop before others have a turn. */
const SLICE_MS = 10;

/**
 * REST is how many times as long as it took a round rests, within MAX_REST_MS, and within
 * REST_EACH_MS for each watch of the round: the time in which something else held the thread up is
 * not to be rested for.
 */
const REST = 8;
const REST_EACH_MS = 0.5;
const MAX_REST_MS = 100;

/** A rest ends as soon as the thread has had next to nothing to do for LOOK_MS of it. */
const LOOK_MS = 5;
const IDLE_PART = 0.1;

/**
 * FlushRounds writes what many watches have gathered. One write to each of hundreds of connections
 * costs far more than an event, so a round rests for a multiple of the time it took: under load
 * each write carries the events of a while, and about a ninth of the time is spent on writing.
 * A thread that has nothing else to do does not rest.
 * With few watches a round takes next to nothing, and events go out in the turn they came in.
 *
 * INVARIANTS: while somebody waits, a flush is scheduled or under way.
 */
export class FlushRounds {
  readonly #clock: FlushClock;
  readonly #waiting = new Set<Flushable>();
  #isScheduled = false;
  #spentMs = 0;
  #written = 0;
  #restUntil = 0;
  #joined: Joined | undefined;
  #chunk: Joined | undefined;

  constructor(clock: FlushClock = newClock()) {
    this.#clock = clock;
  }

  /** request asks for a flush in the coming round. */
  request(one: Flushable): void {
    this.#waiting.add(one);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.busyPart();
    this.#flushWhenRested();
  }

  /** joined answers frames as one buffer; watches that gathered the same ones share it. */
  joined(frames: readonly Buffer[]): Buffer {
    const [first] = frames;
    if (first && frames.length === 1) return first;
    const last = this.#joined;
    if (last && isSame(last.frames, frames)) return last.bytes;
    const bytes = Buffer.concat(frames);
    this.#joined = { frames, bytes };
    return bytes;
  }

  /** chunk answers frames as one chunk of an answer of HTTP/1.1; watches share it as well. */
  chunk(frames: readonly Buffer[]): Buffer {
    const last = this.#chunk;
    if (last && isSame(last.frames, frames)) return last.bytes;
    let size = 0;
    for (const frame of frames) size += frame.length;
    const bytes = Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), ...frames, LINE_END]);
    this.#chunk = { frames, bytes };
    return bytes;
  }

  #flushWhenRested(): void {
    const restMs = this.#restUntil - this.#clock.now();
    if (restMs <= 0) this.#clock.later(0, () => this.#flush());
    else this.#clock.later(Math.min(restMs, LOOK_MS), () => this.#look());
  }

  #look(): void {
    if (this.#clock.busyPart() < IDLE_PART) this.#flush();
    else this.#flushWhenRested();
  }

  #flush(): void {
    const start = this.#clock.now();
    let now = start;
    for (const one of this.#waiting) {
      this.#waiting.delete(one);
      one.flush();
      this.#written += 1;
      now = this.#clock.now();
      if (now - start >= SLICE_MS) break;
    }
    this.#spentMs += now - start;
    if (this.#waiting.size > 0) {
      this.#clock.later(0, () => this.#flush());
      return;
    }
    this.#isScheduled = false;
    this.#restUntil =
      now + Math.min(REST * this.#spentMs, REST_EACH_MS * this.#written, MAX_REST_MS);
    this.#spentMs = 0;
    this.#written = 0;
    this.#joined = undefined;
    this.#chunk = undefined;
  }
}

function isSame(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  return a.length === b.length && a.every((frame, index) => frame === b[index]);
}
