import type { CacheEvent } from './cache-event.ts';

/** MAX_EVENTS is how many events of a resource are kept at most. */
export const MAX_EVENTS = 4096;
const MIN_EVENTS = 128;
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * EventHistory keeps the newest events of one resource, so that a watch can begin in the past.
 *
 * INVARIANTS: events are in revision order; every event of the resource after `floor` is there.
 */
export class EventHistory {
  #events: CacheEvent[] = [];
  #start = 0;
  #bytes = 0;
  #floor: number;

  constructor(floor: number) {
    this.#floor = floor;
  }

  push(event: CacheEvent): void {
    this.#events.push(event);
    this.#bytes += event.sizeBytes;
    while (this.#isTooLarge()) this.#dropOldest();
    if (this.#start > MAX_EVENTS) {
      this.#events = this.#events.slice(this.#start);
      this.#start = 0;
    }
  }

  /** since answers the events after a revision, or undefined when they are no longer all kept. */
  since(revision: number): readonly CacheEvent[] | undefined {
    if (revision < this.#floor) return undefined;
    let low = this.#start;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#events.slice(low);
  }

  /** floor is the newest revision whose event may be gone. */
  get floor(): number {
    return this.#floor;
  }

  #isTooLarge(): boolean {
    const count = this.#events.length - this.#start;
    return count > MAX_EVENTS || (this.#bytes > MAX_BYTES && count > MIN_EVENTS);
  }

  #dropOldest(): void {
    const event = this.#events[this.#start];
    if (!event) return;
    this.#floor = event.revision;
    this.#bytes -= event.sizeBytes;
    delete this.#events[this.#start];
    this.#start += 1;
  }
}
