import { expect } from 'vitest';
import type { Store, StoreEvent } from '../../../src/storage/store.ts';
import { shownText } from './shown-text.ts';

/** Said is what a killed writer had printed; values are shown texts. */
export interface Said {
  /** Writes by revision that were answered or seen by a watch: `KEY VALUE`. */
  readonly acknowledged: ReadonlyMap<number, string>;
  /** All writes it ever began: `KEY VALUE`. */
  readonly begun: ReadonlySet<string>;
}

/** parseSaid reads the lines of a writer; a last line that was cut counts as not said. */
export function parseSaid(output: string): Said {
  const acknowledged = new Map<number, string>();
  const begun = new Set<string>();
  for (const line of output.split('\n').slice(0, -1)) {
    const [what, key, value, revision] = line.split(' ');
    if (what === 'I') begun.add(`${key} ${value}`);
    if (what === 'A' || what === 'S') acknowledged.set(Number(revision), `${key} ${value}`);
  }
  return { acknowledged, begun };
}

/** together is what several writers said, one after the other. */
export function together(all: readonly Said[]): Said {
  return {
    acknowledged: new Map(all.flatMap((one) => [...one.acknowledged])),
    begun: new Set(all.flatMap((one) => [...one.begun])),
  };
}

/** StoreModel is what a store must contain, carried from crash to crash. */
export class StoreModel {
  readonly #state = new Map<string, { value: string; created: number; modified: number }>();
  #revision = 0;

  get revision(): number {
    return this.#revision;
  }

  /**
   * check compares a store that was opened after a crash with what its writer said, and takes its
   * history over: nothing acknowledged is missing, nothing is there that was never begun, revisions
   * have no gap, and history, index and revision agree.
   */
  async check(store: Store, { acknowledged, begun }: Said): Promise<void> {
    const before = this.#lines();
    const start = this.#revision;
    const current = await store.currentRevision();
    const events = await historyOf(store, start, current);
    expect(events.map(revisionOf)).toEqual(
      Array.from({ length: current - start }, (_, i) => start + 1 + i),
    );
    for (const event of events) {
      const line = lineOf(event);
      expect(begun).toContain(line);
      const said = acknowledged.get(revisionOf(event));
      if (said !== undefined) expect(line).toBe(said);
      this.#apply(event);
    }
    for (const revision of acknowledged.keys()) expect(revision).toBeLessThanOrEqual(current);
    expect(await listed(store, current)).toEqual(this.#lines());
    if ((await store.compactedRevision()) <= start && start > 0) {
      expect(await listed(store, start)).toEqual(before);
    }
    await this.#checkGets(store);
  }

  async #checkGets(store: Store): Promise<void> {
    for (const [key, { value, created, modified }] of this.#state) {
      const found = await store.get(key);
      expect(found && textOf(found.value)).toBe(value);
      expect(found).toMatchObject({ createRevision: created, modRevision: modified });
    }
  }

  #apply(event: StoreEvent): void {
    const held = this.#state.get(event.type === 'put' ? event.current.key : event.key);
    expect(event.previous && textOf(event.previous.value)).toBe(held?.value);
    expect(event.previous?.modRevision).toBe(held?.modified);
    this.#revision = revisionOf(event);
    if (event.type === 'delete') {
      this.#state.delete(event.key);
      return;
    }
    const { key, value, createRevision: created, modRevision: modified } = event.current;
    expect(created).toBe(held?.created ?? modified);
    this.#state.set(key, { value: textOf(value), created, modified });
  }

  #lines(): string[] {
    return [...this.#state].map(([key, one]) => `${key} ${one.value} ${one.modified}`).sort();
  }
}

function textOf(value: Uint8Array): string {
  return shownText(Buffer.from(value).toString());
}

function revisionOf(event: StoreEvent): number {
  return event.type === 'put' ? event.current.modRevision : event.revision;
}

function lineOf(event: StoreEvent): string {
  if (event.type === 'delete') return `${event.key} -`;
  return `${event.current.key} ${textOf(event.current.value)}`;
}

async function listed(store: Store, revision: number): Promise<string[]> {
  const { items } = await store.list('', { revision });
  return items.map((one) => `${one.key} ${textOf(one.value)} ${one.modRevision}`).sort();
}

function historyOf(store: Store, after: number, current: number): Promise<StoreEvent[]> {
  if (current === after) return Promise.resolve([]);
  return new Promise((resolve, reject) => {
    const events: StoreEvent[] = [];
    const watch = store.watch('', after, {
      onEvents: (batch, revision) => {
        events.push(...batch);
        if (revision < current) return;
        watch.close();
        resolve(events);
      },
      onError: reject,
    });
  });
}
