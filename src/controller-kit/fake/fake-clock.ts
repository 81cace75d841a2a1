import type { Clock } from '../controller.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** newFakeClock makes a clock that stands still until it is advanced. */
export function newFakeClock(start = '2026-01-01T00:00:00Z'): FakeClock {
  return new FakeClock(start);
}

/** FakeClock is a Clock whose time the test owns. */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #nowMs: number;
  /** How far the time of day is from that of the timers. */
  #offsetMs = 0;
  #order = 0;

  constructor(start: string) {
    this.#nowMs = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#nowMs + this.#offsetMs);
  }

  elapsedMs(): number {
    return this.#nowMs;
  }

  /** jump sets the time of day forward, or back, in which no time passes. */
  jump(ms: number): void {
    this.#offsetMs += ms;
  }

  setTimer(ms: number, callback: () => void): () => void {
    this.#order += 1;
    const timer: Timer = { at: this.#nowMs + Math.max(0, ms), order: this.#order, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** pending answers in how many milliseconds each timer fires, soonest first. */
  pending(): number[] {
    return [...this.#timers].map(({ at }) => at - this.#nowMs).sort((a, b) => a - b);
  }

  /** advance lets promises settle, moves the time and fires what is due, in order. */
  async advance(ms: number): Promise<void> {
    await settle();
    const end = this.#nowMs + ms;
    for (let next = this.#due(end); next; next = this.#due(end)) {
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.at);
      next.callback();
      await settle();
    }
    this.#nowMs = end;
    await settle();
  }

  #due(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end);
    return due.sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}

/** settle lets promises and immediates that are under way finish. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
