import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { ListQuery } from '../../client/client.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { sendTo } from '../testing/test-http.ts';
import { listenForTest } from '../testing/test-listener.ts';

/** More than are read from the store at a time. */
const COUNT = 1300;

let api: TestApiServer;
let names: string[];
beforeEach(async () => {
  api = await startTestApiServer([
    { type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap' },
  ]);
  const all = Array.from({ length: COUNT }, (_, index) => `n-${(index * 7919) % 100_003}`);
  await Promise.all(
    all.map((name, index) =>
      api.client.create(CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: index % 2 ? 'a' : 'b', labels: { third: `${index % 3}` } },
      }),
    ),
  );
  names = await pages({});
});
afterEach(() => api.close());

/** pages reads a whole list page by page; `between` is done after each page. */
async function pages(query: ListQuery, between: () => Promise<unknown> = async () => 0) {
  const found: string[] = [];
  let next = '';
  do {
    const page = await api.client.list(CONFIG_MAPS, {
      ...query,
      ...(next === '' ? {} : { continue: next }),
    });
    found.push(...page.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
    next = page.metadata.continue ?? '';
    const { remainingItemCount } = page.metadata;
    if (next !== '' && !query.labelSelector) {
      expect(remainingItemCount).toBe((names?.length ?? 0) - found.length);
    } else expect(remainingItemCount).toBeUndefined();
    if (next !== '') await between();
  } while (next !== '');
  return found;
}

describe('listObjects', () => {
  /** disturb changes, deletes and makes objects all over the list. */
  let round = 0;
  async function disturb(): Promise<void> {
    round += 1;
    const change = names[(round * 331) % COUNT]?.split('/') ?? [];
    const target = { namespace: change[0], name: change[1] ?? '' };
    await api.client.delete(CONFIG_MAPS, target).catch(() => undefined);
    for (const name of ['a-first', 'n-5', 'z-last']) {
      const metadata = { name: `${name}-${round}`, namespace: target.namespace ?? '' };
      await api.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    }
  }

  it.each([100, 499, 700, 1299])(
    'answers pages of %i of one state, whatever happens',
    async (limit) => {
      expect(names).toEqual([...names].sort());
      expect(names).toHaveLength(COUNT);
      expect(await pages({ limit })).toEqual(names);
      expect(await pages({ limit }, disturb)).toEqual(names);
    },
  );

  it('answers pages of what a selector lets through', async () => {
    const query = { labelSelector: 'third=1', limit: 100 };
    const quiet = await pages(query);
    expect(quiet).toHaveLength(433);
    expect(await pages(query, disturb)).toEqual(quiet);
  });

  it('leaves the names of the kind out of items over HTTP', async () => {
    const open = await listenForTest(api.server);
    const { text } = await sendTo(open, '/api/v1/namespaces/a/configmaps?limit=3');
    const items = JSON.parse(text).items as object[];
    expect(items.map((one) => Object.keys(one))).toEqual([
      ['metadata'],
      ['metadata'],
      ['metadata'],
    ]);
    await open.listener.close();
  });

  it('answers a past state whole', async () => {
    const { metadata } = await api.client.list(CONFIG_MAPS, { limit: 1 });
    for (let i = 0; i < 3; i += 1) await disturb();
    const exact = {
      resourceVersion: metadata.resourceVersion ?? '',
      resourceVersionMatch: 'Exact',
    } as const;
    expect(await pages(exact)).toEqual(names);
  });
});
