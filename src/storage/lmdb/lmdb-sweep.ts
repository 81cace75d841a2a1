import type { Tables } from './tables.ts';
import { transact } from './transactions.ts';

/** SWEEP_STEP is how many revisions are swept in one transaction, so that writes get between. */
const SWEEP_STEP = 500;

/**
 * sweepLog removes from the log what a compaction up to `compacted` makes unreadable: versions that
 * were replaced or deleted by then, and the deletes themselves. It goes on where a crash stopped
 * it, and stops between two steps when `goOn` says so.
 */
export async function sweepLog(
  tables: Tables,
  compacted: number,
  goOn: () => boolean,
): Promise<void> {
  let swept = tables.number('swept');
  while (swept < compacted && goOn()) {
    const end = Math.min(swept + SWEEP_STEP, compacted);
    await sweepStep(tables, swept + 1, end);
    swept = end;
  }
}

async function sweepStep(tables: Tables, first: number, last: number): Promise<void> {
  const gone: number[] = [];
  for (let revision = first; revision <= last; revision += 1) {
    tables.versions.glance(revision, ({ value, previousRevision }) => {
      if (previousRevision !== 0) gone.push(previousRevision);
      if (value === null) gone.push(revision);
    });
  }
  await transact(tables, { operations: gone.length + 1, bytes: 0 }, () => [
    ...gone.map((revision) => tables.log.remove(revision)),
    tables.meta.put('swept', last),
  ]);
  tables.root.resetReadTxn();
}
