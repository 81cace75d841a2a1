import { writeSync } from 'node:fs';
import { openLmdbStore } from '../../../src/storage/lmdb/lmdb-store.ts';
import type { Store } from '../../../src/storage/store.ts';
import { shownText } from './shown-text.ts';

/**
 * The process that is killed: writes to a store until it dies. Before every write it prints
 * `I KEY VALUE` (VALUE `-` for a delete), after every answer `A KEY VALUE REVISION`, and
 * `S KEY VALUE REVISION` for what a watch sees, values as shownText shows them; lines go to the pipe
 * at once. Arguments: directory, round, number of writers, revision to compact to (0: none), and the
 * size of the largest values in bytes.
 */
const [directory = '', round = '', writers = '1', compactTo = '0', largest = '3000'] =
  process.argv.slice(2);
const SHARED_KEYS = 5;
const CHAIN = 6;

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function contentOf(writer: number, serial: number): string {
  const head = `${round}:${writer}:${serial}:`;
  return head + 'x'.repeat(((serial + 1) * 611_953) % Number(largest));
}

/** step writes or deletes one key: mostly the writer's own, sometimes one that all fight for. */
async function step(store: Store, writer: number, serial: number): Promise<void> {
  const shared = serial % 3 === 0;
  const key = shared ? `shared/${serial % SHARED_KEYS}` : `own/${writer}/${serial % 20}`;
  const current = await store.get(key);
  const deletes = current !== undefined && serial % 4 === 1;
  const text = deletes ? '-' : contentOf(writer, serial);
  const shown = shownText(text);
  say(`I ${key} ${shown}`);
  const result = await store.write({
    key,
    value: deletes ? null : Buffer.from(text),
    expectedModRevision: current?.modRevision ?? 0,
  });
  if (result.ok) say(`A ${key} ${shown} ${result.revision}`);
}

/** chain writes one key several times, each write standing on the one before, which is not durable yet. */
async function chain(store: Store, writer: number, serial: number): Promise<void> {
  const key = `chain/${writer}`;
  let expectedModRevision = (await store.get(key))?.modRevision ?? 0;
  const writes: Promise<void>[] = [];
  for (let link = 0; link < 1 + (serial % CHAIN); link += 1) {
    const text = `${link}:${contentOf(writer, serial)}`;
    const shown = shownText(text);
    say(`I ${key} ${shown}`);
    const written = store.write(
      { key, value: Buffer.from(text), expectedModRevision },
      (revision) => {
        expectedModRevision = revision;
      },
    );
    writes.push(
      written.then((result) => {
        if (!result.ok) throw new Error(`${key} lost against ${result.current?.modRevision}`);
        say(`A ${key} ${shown} ${result.revision}`);
      }),
    );
  }
  await Promise.all(writes);
}

async function write(store: Store, writer: number): Promise<never> {
  for (let serial = 0; ; serial += 1) {
    await step(store, writer, serial);
    await chain(store, writer, serial);
  }
}

/** follow says what a watch sees from now on. */
function follow(store: Store, after: number): void {
  store.watch('', after, {
    onEvents(events) {
      for (const one of events) {
        if (one.type === 'delete') {
          say(`S ${one.key} - ${one.revision}`);
          continue;
        }
        const { key, value, modRevision } = one.current;
        say(`S ${key} ${shownText(Buffer.from(value).toString())} ${modRevision}`);
      }
    },
    onError: (error) => {
      throw error;
    },
  });
}

const store = await openLmdbStore(directory);
say('READY');
follow(store, await store.currentRevision());
if (Number(compactTo) > 0) {
  say('COMPACTING');
  void store.compact(Number(compactTo)).then(() => say('COMPACTED'));
}
await Promise.all(Array.from({ length: Number(writers) }, (_, i) => write(store, i)));
