import { expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { newMemoryStore } from '../../storage/memory/memory-store.ts';
import { resourcePrefix } from '../storage-key.ts';
import { CacheHub } from './cache-hub.ts';
import { EntryCodec } from './entry-codec.ts';

const COUNT = 5000;
const PREFIX = resourcePrefix(CONFIG_MAPS);
const codec = new EntryCodec(CONFIG_MAPS);
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const stored = (name: string, turn: string) =>
  codec.encode({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'ns' },
    data: { turn },
  } as KubeObject);
const nameOf = (index: number) => `c-${String(index).padStart(5, '0')}`;
const keyOf = (index: number) => `${PREFIX}ns/${nameOf(index)}`;

it.each([
  ['as they are', undefined],
  ['restored', async (objects: readonly KubeObject[]) => objects],
])(
  'many objects of a resource that is added are read page by page, %s, while they change',
  async (_, restore) => {
    const store = newMemoryStore();
    for (let index = 0; index < COUNT; index += 1) {
      await store.write({
        key: keyOf(index),
        value: stored(nameOf(index), '0'),
        expectedModRevision: 0,
      });
    }
    const hub = new CacheHub(store, [], log);
    await hub.start();
    let isAdded = false;
    const adding = hub.add(CONFIG_MAPS, restore).then(() => {
      isAdded = true;
    });
    let changes = 0;
    for (; !isAdded; changes += 1) {
      // From the end on: what is read last changes first.
      const index = COUNT - 1 - 2 * changes;
      const value = changes % 2 === 0 ? stored(nameOf(index), '1') : null;
      await store.write({ key: keyOf(index), value, expectedModRevision: index + 1 });
      const next = COUNT + changes;
      await store.write({
        key: keyOf(next),
        value: stored(nameOf(next), '1'),
        expectedModRevision: 0,
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await adding;
    expect(changes).toBeGreaterThan(1);
    const revision = await store.currentRevision();
    await hub.waitFor(revision);
    const shown = hub
      .cache(PREFIX)
      ?.list('')
      .map((one) => `${one.name}@${one.revision}`);
    const { items } = await store.list(PREFIX);
    expect(shown).toEqual(
      items.map((one) => `${one.key.slice(`${PREFIX}ns/`.length)}@${one.modRevision}`),
    );
    hub.close();
    await store.close();
  },
);
