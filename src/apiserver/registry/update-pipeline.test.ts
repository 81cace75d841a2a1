import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigMap } from '../../apis/core/v1/types.ts';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import { isConflict, isNotFound } from '../../machinery/status-error.ts';
import { type HeldStore, newHeldStore } from '../testing/held-store.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';

let slowly: Promise<void> | undefined;
const definitions = [
  {
    type: CONFIG_MAPS,
    definition: 'io.k8s.api.core.v1.ConfigMap',
    strategy: {
      async prepareForUpdate(draft: ConfigMap) {
        if (draft.data?.slow !== undefined) await slowly;
      },
    },
  },
];
/** What fails inside is meant to. */
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const REF = { namespace: 'ns', name: 'a' };

let held: HeldStore;
let api: TestApiServer;
let made: ConfigMap;

beforeEach(async () => {
  held = newHeldStore();
  api = await startTestApiServer(definitions, { store: held.store, log });
  made = await api.client.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...REF },
    data: { zero: '0' },
  });
  held.hold();
});

afterEach(() => api.close());

function patch(data: Record<string, string>, resourceVersion?: string): Promise<ConfigMap> {
  const metadata = resourceVersion === undefined ? {} : { resourceVersion };
  return api.client.patch(CONFIG_MAPS, REF, {
    type: 'application/merge-patch+json',
    body: { metadata, data },
  });
}

const replace = (resourceVersion: string, data: Record<string, string>): Promise<ConfigMap> =>
  api.client.update(CONFIG_MAPS, { ...made, metadata: { ...REF, resourceVersion }, data });

/** quietly tells whether something has been answered. */
function quietly(promise: Promise<unknown>): () => boolean {
  let answered = false;
  const done = () => {
    answered = true;
  };
  promise.then(done, done);
  return () => answered;
}

const queued = (count: number) => expect.poll(() => held.waiting()).toBe(count);
const idle = () => new Promise((resolve) => setTimeout(resolve, 5));
const full = () => held.fail(new Error('the disk is full'));

describe('updates of one object', () => {
  it('stand on each other in the queue, and nobody sees them before they are durable', async () => {
    const seen: string[] = [];
    const watch = await api.client.watch(CONFIG_MAPS, {
      namespace: 'ns',
      resourceVersion: made.metadata.resourceVersion ?? '',
    });
    void (async () => {
      for await (const { object } of watch) seen.push(object.metadata.resourceVersion ?? '');
    })();
    const patches = [patch({ one: '1' }), patch({ two: '2' }), patch({ three: '3' })];
    const answered = quietly(Promise.race(patches));
    await queued(3);
    expect(answered()).toBe(false);
    expect(seen).toEqual([]);
    expect((await api.client.get(CONFIG_MAPS, REF)).data).toEqual({ zero: '0' });
    held.release();
    const results = await Promise.all(patches);
    expect(results.map((one) => one.metadata.resourceVersion)).toEqual(['2', '3', '4']);
    expect(results[1]?.data).toEqual({ zero: '0', one: '1', two: '2' });
    const last = await api.client.get(CONFIG_MAPS, REF);
    expect(last).toEqual(results[2]);
    await expect.poll(() => seen).toEqual(['2', '3', '4']);
  });

  it('fail with what they stand on, and leave what is durable as it was', async () => {
    const patches = [patch({ one: '1' }), patch({ two: '2' }), patch({ three: '3' })];
    const all = Promise.allSettled(patches);
    await queued(3);
    full();
    // Those that stood on the first tried again on what is durable.
    expect((await all).map((one) => one.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    const left = await api.client.get(CONFIG_MAPS, REF);
    expect(left.data).toEqual({ zero: '0', two: '2', three: '3' });
  });

  it('are refused for what is queued only when that is durable', async () => {
    const first = patch({ one: '1' });
    await queued(1);
    const stale = patch({ mine: 'yes' }, '1');
    const answered = quietly(stale);
    await idle();
    expect(answered()).toBe(false);
    held.release();
    await first;
    expect(await stale.catch(isConflict)).toBe(true);
  });

  it('are carried out on what is durable where what refused them failed', async () => {
    const first = Promise.allSettled([patch({ one: '1' })]);
    await queued(1);
    const second = patch({ mine: 'yes' }, '1');
    await idle();
    full();
    expect(await first).toMatchObject([{ status: 'rejected' }]);
    expect((await second).data).toEqual({ zero: '0', mine: 'yes' });
  });

  it('that change nothing are answered when what they stand on is durable', async () => {
    const first = patch({ one: '1' });
    await queued(1);
    const same = patch({ one: '1' });
    const answered = quietly(same);
    await idle();
    expect([answered(), held.waiting()]).toEqual([false, 1]);
    held.release();
    expect(await same).toEqual(await first);
  });

  it('that name the version they replace wait for nobody who has the turn', async () => {
    held.release();
    let goOn: () => void = () => undefined;
    slowly = new Promise((resolve) => {
      goOn = resolve;
    });
    const slow = patch({ slow: 'yes' });
    await idle();
    const [won, lost] = await Promise.allSettled([
      replace('1', { mine: 'yes' }),
      replace('1', { other: 'yes' }),
    ]);
    expect(won).toMatchObject({ status: 'fulfilled', value: { data: { mine: 'yes' } } });
    expect(lost.status === 'rejected' && isConflict(lost.reason)).toBe(true);
    goOn();
    expect((await slow).data).toEqual({ mine: 'yes', slow: 'yes' });
  });

  it('do not keep a delete from its object', async () => {
    const patches = [patch({ one: '1' }), patch({ two: '2' })];
    await queued(2);
    const deleted = api.client.delete(CONFIG_MAPS, REF);
    await queued(3);
    held.release();
    await Promise.all([...patches, deleted]);
    expect(await api.client.get(CONFIG_MAPS, REF).catch(isNotFound)).toBe(true);
  });
});
