import { expect } from 'vitest';
import type { Store, StoreEvent, StoreWatch } from '../store.ts';
import { text } from './short-calls.ts';

/** Recorded is what a watch has told so far. */
export interface Recorded {
  /** Each event as a line: revision, what happened, and what was there before. */
  readonly lines: string[];
  readonly errors: Error[];
  readonly revisions: number[];
  readonly watch: StoreWatch;
}

function show(event: StoreEvent): string {
  if (event.type === 'delete') {
    return `${event.revision} delete ${event.key} was ${text(event.previous.value)}`;
  }
  const { current, previous } = event;
  const was = previous ? ` was ${text(previous.value)}` : '';
  return `${current.modRevision} put ${current.key}=${text(current.value)}${was}`;
}

/** record watches a prefix from after a revision on and keeps what it is told. */
export function record(store: Store, prefix: string, after: number): Recorded {
  const lines: string[] = [];
  const errors: Error[] = [];
  const revisions: number[] = [];
  const watch = store.watch(prefix, after, {
    onEvents: (events, revision) => {
      lines.push(...events.map(show));
      revisions.push(revision);
    },
    onError: (error) => errors.push(error),
  });
  return { lines, errors, revisions, watch };
}

/** until waits for a condition, for some seconds at most. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2000 && !condition(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(condition()).toBe(true);
}
