import { expect, it, vi } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import { cacheWatch } from './cache-watch.ts';
import { EntryCodec } from './entry-codec.ts';
import { ResourceCache } from './resource-cache.ts';

it('ends a watch whose many initial objects cannot be sent, and says why', async () => {
  const onWatcherError = vi.fn();
  const cache = new ResourceCache(CONFIG_MAPS, onWatcherError);
  const codec = new EntryCodec(CONFIG_MAPS);
  const items = Array.from({ length: 200 }, (_, index) => {
    const metadata = { name: `c${index}`, namespace: 'ns' };
    const value = codec.encode({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    const key = `${cache.prefix}ns/c${index}`;
    return { key, value, createRevision: index + 1, modRevision: index + 1 };
  });
  await cache.load(items, 200);
  const cause = new Error('no such field');
  const source = cacheWatch(cache, {
    initial: cache.list(''),
    matches() {
      throw cause;
    },
    afterRevision: 200,
    revision: 200,
    markInitialEnd: false,
    bookmarks: false,
  });
  const sink = { send: vi.fn(), end: vi.fn() };
  source.open(sink);
  await expect.poll(() => sink.end.mock.calls.length).toBe(1);
  expect(onWatcherError).toHaveBeenCalledWith(cause);
  expect(cache.watchers.size).toBe(0);
});
