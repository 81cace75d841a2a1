import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigMap } from '../../apis/core/v1/types.ts';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import { newMemoryStore } from '../../storage/memory/memory-store.ts';
import type { Store, WatchSink } from '../../storage/store.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { EntryCodec } from './entry-codec.ts';

const definitions = [{ type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap' }];
const KEY = '/registry/configmaps/ns/foreign';

function configMap(name: string, data: Record<string, string> = {}): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'ns' }, data };
}

const withData = (object: ConfigMap, data: Record<string, string>): ConfigMap => ({
  ...object,
  data,
});

/** breakable is a store whose watches a test can make deaf and break off, and whose lists it can fail. */
function breakable(store: Store) {
  const sinks: WatchSink[] = [];
  const failures: Error[] = [];
  const ears = { deaf: false };
  const broken: Store = {
    currentRevision: () => store.currentRevision(),
    get: (key) => store.get(key),
    list: async (prefix, options) => {
      const failure = failures.shift();
      if (failure) throw failure;
      return store.list(prefix, options);
    },
    write: (write) => store.write(write),
    watch(prefix, afterRevision, sink) {
      sinks.push(sink);
      const hearing: WatchSink = {
        onEvents: (...told) => ears.deaf || sink.onEvents(...told),
        onError: (error) => sink.onError(error),
      };
      return store.watch(prefix, afterRevision, hearing);
    },
    compact: (revision) => store.compact(revision),
    compactedRevision: () => store.compactedRevision(),
    close: () => store.close(),
  };
  return { store: broken, sinks, failures, ears };
}

let api: TestApiServer;
let store: Store;
let sinks: WatchSink[];
let failures: Error[];
let ears: { deaf: boolean };

beforeEach(async () => {
  ({ store, sinks, failures, ears } = breakable(newMemoryStore()));
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  api = await startTestApiServer(definitions, { store, log: quiet });
});

afterEach(() => api.close());

describe('the watch cache', () => {
  it('shows what others write to the store', async () => {
    const value = new EntryCodec(CONFIG_MAPS).encode(configMap('foreign', { a: 'b' }));
    await store.write({ key: KEY, value, expectedModRevision: 0 });
    await expect
      .poll(() => api.server.cache.get(CONFIG_MAPS, 'ns', 'foreign')?.data)
      .toEqual({ a: 'b' });
    expect(api.server.cache.get(CONFIG_MAPS, 'ns', 'foreign')?.metadata.resourceVersion).toBe('1');
  });

  it('lets a write that lost against another writer try again on what is there now', async () => {
    const made = await api.client.create(CONFIG_MAPS, configMap('foreign', { a: '1' }));
    const value = new EntryCodec(CONFIG_MAPS).encode(withData(made, { a: '2' }));
    const foreign = store.write({ key: KEY, value, expectedModRevision: 1 });
    const patch = { type: 'application/merge-patch+json', body: { data: { b: '3' } } } as const;
    const [patched] = await Promise.all([
      api.client.patch(CONFIG_MAPS, { namespace: 'ns', name: 'foreign' }, patch),
      foreign,
    ]);
    expect(patched.data).toEqual({ a: '2', b: '3' });
  });

  it('loads everything again when the watch of the store breaks off, and ends its own', async () => {
    const events = await api.client.watch(CONFIG_MAPS, { namespace: 'ns' });
    sinks[0]?.onError(new Error('broken'));
    const seen: string[] = [];
    for await (const event of events) seen.push(event.type);
    expect(seen).toEqual([]);
    await expect.poll(() => sinks.length).toBe(2);
    await api.client.create(CONFIG_MAPS, configMap('a'));
    expect(api.server.cache.list(CONFIG_MAPS).map((one) => one.metadata.name)).toEqual(['a']);
  });

  it('answers a write whose event was lost with the watch, once everything is loaded again', async () => {
    ears.deaf = true;
    const creating = api.client.create(CONFIG_MAPS, configMap('a'));
    await expect.poll(() => store.currentRevision()).toBe(1);
    ears.deaf = false;
    sinks[0]?.onError(new Error('broken'));
    expect((await creating).metadata.resourceVersion).toBe('1');
  });

  it('loads again until it succeeds: writes are answered, and others are seen', async () => {
    failures.push(new Error('cannot be read'), new Error('still not'));
    sinks[0]?.onError(new Error('broken'));
    await expect.poll(() => sinks.length).toBe(2);
    await api.client.create(CONFIG_MAPS, configMap('a'));
    expect(api.server.cache.list(CONFIG_MAPS).map((one) => one.metadata.name)).toEqual(['a']);
  });

  it('serves after a restart what was written before it', async () => {
    const made = await api.client.create(CONFIG_MAPS, configMap('a', { k: 'v' }));
    await api.server.close();
    const again = await startTestApiServer(definitions, { store });
    expect(await again.client.get(CONFIG_MAPS, { namespace: 'ns', name: 'a' })).toEqual(made);
    await again.server.close();
  });
});
