import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { KubeObject, WatchEvent } from '../../machinery/object.ts';
import { openLmdbStore } from '../../storage/lmdb/lmdb-store.ts';
import type { SettledValues, Store } from '../../storage/store.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { Entry } from './entry.ts';
import { EntryMemory } from './entry-memory.ts';

function entryOf(revision: number, name = `e${revision}`): Entry {
  const bytes = Buffer.from(JSON.stringify({ kind: 'X', metadata: { name } }));
  return new Entry({ namespace: '', name, revision, bytes });
}

describe('EntryMemory', () => {
  function setUp(limitBytes?: number) {
    const settled = { revision: 0, compacted: 0, read: () => undefined as never };
    const asked: number[] = [];
    const memory = new EntryMemory(() => settled as SettledValues, limitBytes);
    const keep = (entry: Entry) => {
      entry.keptBy({
        bytesOf({ revision, name }) {
          asked.push(revision);
          return Buffer.from(JSON.stringify({ kind: 'again', metadata: { name } }));
        },
        onParsed: (one) => memory.onParsed(one),
        labelsIn: () => ({}),
      });
      memory.keep(entry);
      return entry;
    };
    return { settled, asked, memory, keep };
  }

  it('keeps bytes until the store has settled them', () => {
    const { settled, asked, memory, keep } = setUp();
    const [first, second] = [keep(entryOf(1)), keep(entryOf(2))];
    memory.settle();
    expect(String(first.bytes)).toContain('"X"');
    settled.revision = 1;
    memory.settle();
    expect(String(first.bytes)).toContain('again');
    expect(String(second.bytes)).toContain('"X"');
    expect(asked).toEqual([1]);
    expect(String(keep(entryOf(1)).bytes)).toContain('again');
  });

  it('keeps objects up to a number of bytes, the newest first', () => {
    const size = entryOf(1).sizeBytes;
    const { keep } = setUp(2 * size);
    const entries = [1, 2, 3].map((revision) => keep(entryOf(revision)));
    const objects = entries.map((one) => one.object);
    expect(entries[2]?.object).toBe(objects[2]);
    expect(entries[1]?.object).toBe(objects[1]);
    expect(entries[0]?.object).not.toBe(objects[0]);
    expect(entries[0]?.object).toEqual(objects[0]);
  });
});

describe('the caches over a store that settles', () => {
  let directory: string;
  let store: Store;
  let api: TestApiServer;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sampan-memory-'));
    store = await openLmdbStore(directory);
    api = await startTestApiServer(
      [{ type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap' }],
      { store },
    );
  });
  afterEach(async () => {
    await api.close();
    await rm(directory, { recursive: true });
  });

  const named = (name: string, count = 0): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'ns', labels: { half: String(count % 2) } },
  });

  async function settled(): Promise<void> {
    const revision = await store.currentRevision();
    await expect.poll(() => store.settled?.revision).toBe(revision);
    // The caches let go with the next change.
    await api.client.create(CONFIG_MAPS, named(`after-${revision}`));
  }

  it('serves the same before and after they let go, lists, selectors and watches too', async () => {
    const made: KubeObject[] = [];
    for (let count = 0; count < 30; count += 1) {
      made.push(await api.client.create(CONFIG_MAPS, named(`c${10 + count}`, count)));
    }
    const first = made[0]?.metadata.resourceVersion ?? '';
    await settled();
    for (const one of made) {
      const place = { namespace: 'ns', name: one.metadata.name ?? '' };
      expect(await api.client.get(CONFIG_MAPS, place)).toEqual(one);
    }
    const half = await api.client.list(CONFIG_MAPS, { namespace: 'ns', labelSelector: 'half=1' });
    expect(half.items).toHaveLength(15);
    const events: WatchEvent[] = [];
    const controller = new AbortController();
    const options = { namespace: 'ns', resourceVersion: first, signal: controller.signal };
    for await (const event of await api.client.watch(CONFIG_MAPS, options)) {
      events.push(event);
      if (events.length === 29) controller.abort();
    }
    expect(events.slice(0, 29).map((event) => event.object)).toEqual(made.slice(1));
  });

  it('answers 410 to a watch of what the store has forgotten, and serves one that it has not', async () => {
    const made = await api.client.create(CONFIG_MAPS, named('a'));
    const version = made.metadata.resourceVersion ?? '';
    for (let count = 1; count < 5; count += 1) {
      await api.client.patch(
        CONFIG_MAPS,
        { namespace: 'ns', name: 'a' },
        {
          type: 'application/merge-patch+json',
          body: { data: { count: String(count) } },
        },
      );
    }
    await settled();
    const last = await store.currentRevision();
    await store.compact(last - 1);
    const watch = async (resourceVersion: string) => {
      const events: WatchEvent[] = [];
      const controller = new AbortController();
      const options = { namespace: 'ns', resourceVersion, signal: controller.signal };
      for await (const event of await api.client.watch(CONFIG_MAPS, options)) {
        events.push(event);
        controller.abort();
      }
      return events;
    };
    expect(await watch(version)).toMatchObject([{ type: 'ERROR', object: { code: 410 } }]);
    const [event] = await watch(String(last - 1));
    expect(event?.object.metadata.resourceVersion).toBe(String(last));
  });
});
