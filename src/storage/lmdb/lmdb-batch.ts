import type { StoredValue, StoreEvent, Write, WriteResult } from '../store.ts';
import { encodeIndex, encodeRecord } from './record.ts';
import { type Tables, transact } from './tables.ts';

/** Batch is a group of writes that become durable together, decided against the state before it. */
export interface Batch {
  readonly results: readonly WriteResult[];
  readonly events: readonly StoreEvent[];
  /** The revision after the batch. */
  readonly revision: number;
  /** The versions that its keys had before it. */
  readonly before: ReadonlyMap<string, StoredValue | undefined>;
}

/** decideBatch does the compare of each compare-and-set, in order, each seeing those before it. */
export function decideBatch(
  writes: readonly Write[],
  revision: number,
  read: (key: string) => StoredValue | undefined,
): Batch {
  const before = new Map<string, StoredValue | undefined>();
  const after = new Map<string, StoredValue | undefined>();
  const results: WriteResult[] = [];
  const events: StoreEvent[] = [];
  let next = revision;
  for (const write of writes) {
    const { key } = write;
    const current = after.has(key) ? after.get(key) : read(key);
    const event = decide(write, current, next + 1);
    if (!event) {
      results.push({ ok: false, current });
      continue;
    }
    next += 1;
    if (!before.has(key)) before.set(key, current);
    after.set(key, event.type === 'put' ? event.current : undefined);
    events.push(event);
    results.push({ ok: true, revision: next });
  }
  return { results, events, revision: next, before };
}

function decide(
  write: Write,
  current: StoredValue | undefined,
  revision: number,
): StoreEvent | undefined {
  const { key, value } = write;
  if ((current?.modRevision ?? 0) !== write.expectedModRevision) return undefined;
  if (value === null) {
    return current && { type: 'delete', key, revision, previous: current };
  }
  const createRevision = current?.createRevision ?? revision;
  const made = { key, value, createRevision, modRevision: revision };
  return { type: 'put', current: made, previous: current };
}

/**
 * commitBatch writes a batch as one LMDB transaction and resolves when it is on the disk. Rejects
 * when the transaction was aborted: then nothing of the batch was written.
 */
export async function commitBatch(tables: Tables, batch: Batch): Promise<void> {
  await transact(tables, () => [
    ...batch.events.flatMap((event) => putEvent(tables, event)),
    tables.meta.put('revision', batch.revision),
  ]);
  await tables.root.flushed;
}

function putEvent(tables: Tables, event: StoreEvent): Promise<unknown>[] {
  const previousRevision = event.previous?.modRevision ?? 0;
  if (event.type === 'delete') {
    const { createRevision } = event.previous;
    const record = { key: event.key, value: null, createRevision, previousRevision };
    return [tables.log.put(event.revision, encodeRecord(record)), tables.index.remove(event.key)];
  }
  const { key, value, createRevision, modRevision } = event.current;
  return [
    tables.log.put(modRevision, encodeRecord({ key, value, createRevision, previousRevision })),
    tables.index.put(key, encodeIndex({ createRevision, modRevision })),
  ];
}
