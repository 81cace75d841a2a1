import { afterEach, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../apis/resource-types.ts';
import { startTestApiServer, type TestApiServer } from './testing/test-api-server.ts';

let api: TestApiServer;

afterEach(() => api.close());

/** A clock whose timers run when the test says so. */
function manualClock() {
  const timers = new Map<number, () => void>();
  return {
    now: () => new Date('2024-01-01T00:00:00Z'),
    setTimer(ms: number, callback: () => void) {
      timers.set(ms, callback);
      return () => timers.delete(ms);
    },
    run(ms: number) {
      timers.get(ms)?.();
    },
    timers,
  };
}

async function start(clock: ReturnType<typeof manualClock>) {
  api = await startTestApiServer(
    [{ type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap' }],
    { clock, bookmarkEveryMs: 1, compactAfterMs: 2 },
  );
  const metadata = { name: 'a', namespace: 'ns' };
  return api.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
}

it('watches that ask for it get bookmarks', async () => {
  const clock = manualClock();
  const made = await start(clock);
  const resourceVersion = made.metadata.resourceVersion ?? '';
  const query = { resourceVersion, allowWatchBookmarks: true };
  const events = await api.client.watch(CONFIG_MAPS, query);
  clock.run(1);
  for await (const event of events) {
    expect(event.type).toBe('BOOKMARK');
    expect(event.object.metadata.resourceVersion).toBe(resourceVersion);
    break;
  }
});

it('history is compacted one period late', async () => {
  const clock = manualClock();
  await start(clock);
  clock.run(2);
  expect(await api.store.compactedRevision()).toBe(0);
  clock.run(2);
  await expect.poll(() => api.store.compactedRevision()).toBe(1);
});

it('a watch ends after timeoutSeconds', async () => {
  const clock = manualClock();
  await start(clock);
  const events = await api.client.watch(CONFIG_MAPS, { timeoutSeconds: 5 });
  clock.run(5000);
  const seen: string[] = [];
  for await (const event of events) seen.push(event.type);
  expect(seen).toEqual(['ADDED']);
});

it('a server that is closed has nothing left to do', async () => {
  const clock = manualClock();
  await start(clock);
  expect([...clock.timers.keys()]).toEqual(expect.arrayContaining([1, 2]));
  await api.close();
  expect([...clock.timers.keys()]).toEqual([]);
});
