import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '../store.ts';
import { closing } from './closing.ts';
import { compaction } from './compaction.ts';
import { lists } from './lists.ts';
import { longKeys } from './long-keys.ts';
import { queuedWrites } from './queued-writes.ts';
import { watches } from './watches.ts';
import { writes } from './writes.ts';

/**
 * storeContract is the suite that every Store passes. `open` makes an empty store; it is closed
 * after each test.
 */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`${name} as a store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());
    describe('writes', () => writes(() => store));
    describe('queued writes', () => queuedWrites(() => store));
    describe('lists', () => lists(() => store));
    describe('long keys', () => longKeys(() => store));
    describe('watches', () => watches(() => store));
    describe('compaction', () => compaction(() => store));
    describe('closing', () => closing(() => store));
  });
}
