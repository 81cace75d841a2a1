import type { StoredValue, StoreEvent, Write } from '../store.ts';
import { eventKey, eventRevision } from '../watch-hub.ts';
import type { JournalRecord } from './journal-frame.ts';
import { sizeInIndex } from './key-index.ts';
import type { PendingChange, PendingLog } from './pending-log.ts';
import { decodeRecord, encodeRecord, type LogRecord } from './record.ts';
import type { Tables } from './tables.ts';
import { transact } from './transactions.ts';

/**
 * decideWrite does the compare of a compare-and-set with the newest version of its key, and answers
 * the change that it makes under a revision; undefined where it lost.
 */
export function decideWrite(
  write: Write,
  current: StoredValue | undefined,
  revision: number,
): PendingChange | undefined {
  const event = decide(write, current, revision);
  return event && { event, bytes: recordOf(event) };
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

function recordOf(event: StoreEvent): Buffer {
  const previousRevision = event.previous?.modRevision ?? 0;
  if (event.type === 'delete') {
    const { createRevision } = event.previous;
    return encodeRecord({ key: event.key, value: null, createRevision, previousRevision });
  }
  const { key, value, createRevision } = event.current;
  return encodeRecord({ key, value, createRevision, previousRevision });
}

/** changeOf is the inverse: the change of a record that the log had, or will have, at a revision. */
export function changeOf(
  tables: Tables,
  pending: PendingLog,
  { revision, bytes }: JournalRecord,
): PendingChange {
  const record = decodeRecord(bytes);
  const { key, value, createRevision } = record;
  const previous = versionBefore(tables, pending, record);
  if (value !== null) {
    const current = { key, value, createRevision, modRevision: revision };
    return { event: { type: 'put', current, previous }, bytes };
  }
  if (!previous) throw new RangeError(`revision ${revision} deletes nothing`);
  return { event: { type: 'delete', key, revision, previous }, bytes };
}

function versionBefore(
  tables: Tables,
  pending: PendingLog,
  record: LogRecord,
): StoredValue | undefined {
  const event = pending.at(record.previousRevision)?.event;
  return event?.type === 'put' ? event.current : tables.versions.previous(record);
}

/**
 * commitChanges writes changes as one LMDB transaction, after which the tables are at a revision;
 * `synced` tells when it is on the disk. Rejects when the transaction was aborted:
 * then nothing was written.
 */
export async function commitChanges(
  tables: Tables,
  changes: readonly PendingChange[],
  revision: number,
): Promise<void> {
  const bytes = changes.reduce((sum, change) => sum + sizeOf(change), 0);
  await transact(tables, { operations: 2 * changes.length + 1, bytes }, () => [
    ...changes.map(({ event, bytes }) => tables.log.put(eventRevision(event), bytes)),
    ...newestOfEach(changes).map((event) => putEntry(tables, event)),
    tables.meta.put('revision', revision),
  ]);
}

function sizeOf({ event, bytes }: PendingChange): number {
  return bytes.length + sizeInIndex(eventKey(event));
}

/** newestOfEach answers the last event of each key: the index shows no others. */
function newestOfEach(changes: readonly PendingChange[]): StoreEvent[] {
  return [...new Map(changes.map(({ event }) => [eventKey(event), event])).values()];
}

function putEntry(tables: Tables, event: StoreEvent): Promise<unknown> {
  if (event.type === 'delete') return tables.index.remove(event.key);
  return tables.index.put(event.current.key, event.current);
}
