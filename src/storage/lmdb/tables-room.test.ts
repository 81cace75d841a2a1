import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATA_FILE } from './before-opening.ts';
import { openTables, type Tables } from './tables.ts';
import type { Extent, Volume } from './tables-room.ts';
import { closeTables, synced, transact } from './transactions.ts';

let directory: string;
let tables: Tables;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sampan-room-'));
  tables = openTables(directory);
});
afterEach(async () => {
  await closeTables(tables, false);
  rmSync(directory, { recursive: true });
});

/** Put is what a transaction writes of one change: a record of the log, and an entry of the index. */
interface Put {
  readonly bytes: number;
  /** A key that may be there already. */
  readonly key: number;
  readonly keyLength: number;
  readonly isDelete: boolean;
}

type Step =
  | { readonly kind: 'write'; readonly puts: readonly Put[] }
  | { readonly kind: 'sweep'; readonly share: number; readonly isOldest: boolean }
  | { readonly kind: 'sync' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      puts: fc.array(
        fc.record({
          bytes: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 40_000 })),
          key: fc.integer({ min: 0, max: 2000 }),
          keyLength: fc.oneof(fc.constant(40), fc.integer({ min: 1, max: 1500 })),
          isDelete: fc.boolean(),
        }),
        { minLength: 1, maxLength: 500, size: 'max' },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('sweep' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      isOldest: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'sync' as const }) },
);

/** Bench carries out steps, and sees how far the file went before each transaction wrote. */
class Bench {
  #revision = 0;
  #kept: number[] = [];

  async run(one: Step): Promise<void> {
    if (one.kind === 'sync') return synced(tables);
    if (one.kind === 'write') return this.#write(one.puts);
    return this.#sweep(one.share, one.isOldest);
  }

  async #write(puts: readonly Put[]): Promise<void> {
    const first = this.#revision + 1;
    this.#revision += puts.length;
    const bytes = puts.reduce((sum, put) => sum + put.bytes, 0);
    await this.#transact({ operations: 2 * puts.length, bytes }, () =>
      puts.flatMap((put, index) => {
        const value = randomBytes(put.bytes);
        // A kind of record, which is not compressed.
        value[0] = 1;
        this.#kept.push(first + index);
        const key = `${put.key}/`.padEnd(put.keyLength, 'k');
        const entry = { createRevision: first, modRevision: first + index };
        return [
          tables.log.put(first + index, value),
          put.isDelete ? tables.index.remove(key) : tables.index.put(key, entry),
        ];
      }),
    );
  }

  async #sweep(share: number, isOldest: boolean): Promise<void> {
    const gone = this.#kept.filter((_, index) =>
      isOldest ? index < this.#kept.length * share : (index * 7919) % 1000 < share * 1000,
    );
    const left = new Set(gone);
    this.#kept = this.#kept.filter((revision) => !left.has(revision));
    await this.#transact({ operations: gone.length, bytes: 0 }, () =>
      gone.map((revision) => tables.log.remove(revision)),
    );
  }

  async #transact(volume: Volume, operations: () => Promise<unknown>[]): Promise<void> {
    let provided = 0;
    await transact(tables, { ...volume, operations: volume.operations + 1 }, () => {
      provided = statSync(join(directory, DATA_FILE)).size;
      return [...operations(), tables.meta.put('revision', this.#revision)];
    });
    tables.root.resetReadTxn();
    const { pageSize, lastPageNumber } = tables.root.getStats() as Extent;
    expect((lastPageNumber + 1) * pageSize).toBeLessThanOrEqual(provided);
  }
}

describe('TablesRoom', () => {
  it('provides for all that any transaction writes', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }),
        async (steps) => {
          const bench = new Bench();
          // The tables of the runs before are swept by and by.
          for (const one of steps) await bench.run(one);
        },
      ),
      { numRuns: 8, seed: 270 },
    );
  });
});
