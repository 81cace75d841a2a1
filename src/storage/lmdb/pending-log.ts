import type { StoredValue, StoreEvent } from '../store.ts';
import { eventKey, eventRevision } from '../watch-hub.ts';

/** PendingChange is a change that the tables do not have yet, with its record of the log. */
export interface PendingChange {
  readonly event: StoreEvent;
  readonly bytes: Buffer;
}

interface Link extends PendingChange {
  /** The pending changes of the same key before and after it. */
  before: Link | undefined;
  after: Link | undefined;
}

/**
 * PendingLog is the newest part of the log, which is decided but not in the tables yet.
 *
 * INVARIANTS: it holds the changes after `base`, without gaps, in revision order; `base` is what
 * the tables have at least. The first `#indexed` of them are in `#newest`: changes get there when
 * somebody looks for a key, since many threads only hand on what changed.
 */
export class PendingLog {
  readonly #newest = new Map<string, Link>();
  #links: Link[] = [];
  #indexed = 0;
  #base: number;

  constructor(base: number) {
    this.#base = base;
  }

  /** base is the revision that the tables have at least. */
  get base(): number {
    return this.#base;
  }

  /** newest is the revision of the last change that was decided. */
  get newest(): number {
    return this.#base + this.#links.length;
  }

  /** add appends a change: the next revision. */
  add({ event, bytes }: PendingChange): void {
    this.#links.push({ event, bytes, before: undefined, after: undefined });
  }

  /**
   * find answers what a key was at a revision, which is not before `base`; undefined where that
   * stands in the tables.
   */
  find(key: string, revision: number): { readonly value: StoredValue | undefined } | undefined {
    this.#index();
    let link = this.#newest.get(key);
    if (!link) return undefined;
    while (eventRevision(link.event) > revision) {
      if (!link.before) return { value: link.event.previous };
      link = link.before;
    }
    return { value: link.event.type === 'put' ? link.event.current : undefined };
  }

  /** at answers the change of a revision after `base`. */
  at(revision: number): PendingChange | undefined {
    return this.#links[revision - this.#base - 1];
  }

  /** upTo answers the changes up to a revision, oldest first, at most so many of them. */
  upTo(revision: number, limit = Number.POSITIVE_INFINITY): readonly PendingChange[] {
    return this.#links.slice(0, Math.min(Math.max(0, revision - this.#base), limit));
  }

  /** drop forgets the changes up to a revision, which may be after the newest: the tables have them. */
  drop(revision: number): void {
    const gone = this.#links.splice(0, Math.max(0, revision - this.#base));
    this.#base = Math.max(this.#base, revision);
    const indexed = gone.slice(0, this.#indexed);
    this.#indexed -= indexed.length;
    for (const link of indexed) {
      if (link.after) link.after.before = undefined;
      else this.#newest.delete(eventKey(link.event));
    }
  }

  /** undo takes back the changes after a revision. */
  undo(revision: number): void {
    this.#index();
    for (const link of this.#links.splice(revision - this.#base).reverse()) {
      const key = eventKey(link.event);
      if (link.before) this.#newest.set(key, link.before);
      else this.#newest.delete(key);
      if (link.before) link.before.after = undefined;
    }
    this.#indexed = this.#links.length;
  }

  #index(): void {
    for (; this.#indexed < this.#links.length; this.#indexed += 1) {
      const link = this.#links[this.#indexed] as Link;
      const key = eventKey(link.event);
      link.before = this.#newest.get(key);
      if (link.before) link.before.after = link;
      this.#newest.set(key, link);
    }
  }
}
