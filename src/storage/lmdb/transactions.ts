import { setTimeout as sleep } from 'node:timers/promises';
import { StoreCorruptError } from '../store.ts';
import type { Tables } from './tables.ts';
import type { Volume } from './tables-room.ts';

/**
 * FORMAT is the version of the layout of the tables: in version 1 no value was compressed. Stores of
 * later versions are refused.
 */
const FORMAT = 2;

/** ONE_FIGURE is what a transaction writes that sets one of the figures in `meta`. */
export const ONE_FIGURE: Volume = { operations: 1, bytes: 0 };

/** prepareTables marks new and older tables with their format and refuses those of a later one. */
export async function prepareTables(tables: Tables, directory: string): Promise<void> {
  const format = tables.number('format');
  if (format === FORMAT) return;
  if (format > FORMAT) {
    throw new StoreCorruptError(directory, `its format is ${format}, this program reads ${FORMAT}`);
  }
  await transact(tables, ONE_FIGURE, () => [tables.meta.put('format', FORMAT)]);
  await synced(tables);
}

/** PATIENCE_MS is how long a sync may take before it is asked for once more. */
const PATIENCE_MS = 2000;

/**
 * synced resolves when everything that was committed is on the disk. The library never tells when the
 * last transaction failed: then another one is made, whose failure is thrown.
 */
export async function synced(tables: Tables): Promise<void> {
  for (;;) {
    const waiting = new AbortController();
    const late = sleep(PATIENCE_MS, false, { signal: waiting.signal, ref: false });
    late.catch(() => undefined);
    const isSynced = await Promise.race([tables.root.flushed.then(() => true), late]);
    waiting.abort();
    if (isSynced) return;
    await transact(tables, ONE_FIGURE, () => [tables.meta.put('format', FORMAT)]);
  }
}

/**
 * closeTables closes the environment; `isSynced` tells whether its last transaction is on the disk. The
 * library would wait for one that failed: one that changes nothing comes after that.
 */
export async function closeTables(tables: Tables, isSynced: boolean): Promise<void> {
  if (!isSynced) await batch(tables, () => []).catch(() => undefined);
  await tables.root.close();
}

/**
 * transact puts and removes in one transaction and resolves when it is committed. When there is no
 * room for its volume, or it is aborted, it throws the reason and nothing was written.
 */
export async function transact(
  tables: Tables,
  volume: Volume,
  operations: () => readonly Promise<unknown>[],
): Promise<void> {
  await tables.room.provide(volume, () => batch(tables, operations));
}

async function batch(
  { root }: Tables,
  operations: () => readonly Promise<unknown>[],
): Promise<void> {
  const whole = root.batch(() => {
    // Operations of one transaction share a few promises, whose failure `whole` reports too.
    for (const part of new Set(operations())) part.catch(() => undefined);
  });
  try {
    await whole;
  } catch (error) {
    const { commitError } = error as { commitError?: Promise<unknown> };
    await commitError;
    throw error;
  }
}
