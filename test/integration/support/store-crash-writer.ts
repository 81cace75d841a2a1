import { writeSync } from 'node:fs';
import { openLmdbStore } from '../../../src/storage/lmdb/lmdb-store.ts';
import type { Store } from '../../../src/storage/store.ts';

/**
 * The process that is killed: writes to a store until it dies. Before every write it prints
 * `I KEY VALUE` (VALUE `-` for a delete), after every answer `A KEY VALUE REVISION`; lines go to the pipe
 * at once. Arguments: directory, round, number of writers, revision to compact to (0: none).
 */
const [directory = '', round = '', writers = '1', compactTo = '0'] = process.argv.slice(2);
const SHARED_KEYS = 5;

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function contentOf(writer: number, serial: number): string {
  const head = `${round}:${writer}:${serial}:`;
  return head + 'x'.repeat((serial * 7919) % 3000);
}

/** step writes or deletes one key: mostly the writer's own, sometimes one that all fight for. */
async function step(store: Store, writer: number, serial: number): Promise<void> {
  const shared = serial % 3 === 0;
  const key = shared ? `shared/${serial % SHARED_KEYS}` : `own/${writer}/${serial % 20}`;
  const current = await store.get(key);
  const deletes = current !== undefined && serial % 4 === 1;
  const text = deletes ? '-' : contentOf(writer, serial);
  say(`I ${key} ${text}`);
  const result = await store.write({
    key,
    value: deletes ? null : Buffer.from(text),
    expectedModRevision: current?.modRevision ?? 0,
  });
  if (result.ok) say(`A ${key} ${text} ${result.revision}`);
}

async function write(store: Store, writer: number): Promise<never> {
  for (let serial = 0; ; serial += 1) await step(store, writer, serial);
}

const store = await openLmdbStore(directory);
say('READY');
if (Number(compactTo) > 0) void store.compact(Number(compactTo)).then(() => say('COMPACTED'));
await Promise.all(Array.from({ length: Number(writers) }, (_, i) => write(store, i)));
