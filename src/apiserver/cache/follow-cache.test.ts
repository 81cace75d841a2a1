import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../machinery/object.ts';
import type { StoredValue } from '../../storage/store.ts';
import { followCache } from './follow-cache.ts';
import { ResourceCache } from './resource-cache.ts';

const TYPE = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true } as const;

function stored(name: string, modRevision: number, size = 10): StoredValue {
  const metadata = { name, namespace: 'n', labels: { at: String(modRevision) } };
  const object = { kind: 'Pod', apiVersion: 'v1', metadata, filler: 'x'.repeat(size) };
  const value = Buffer.from(JSON.stringify(object));
  return { key: `/registry/pods/n/${name}`, value, createRevision: 1, modRevision };
}

async function newFollower(items: readonly StoredValue[]) {
  const cache = new ResourceCache(TYPE, (error) => {
    throw error;
  });
  await cache.load(items, 10);
  const known = new Map<string, string>();
  const caughtUp = followCache(cache, {
    put: ({ metadata }: KubeObject) => known.set(metadata.name ?? '', metadata.labels?.at ?? ''),
    remove: (_namespace, name) => known.delete(name),
    clear: () => known.clear(),
  });
  return { cache, known, caughtUp };
}

describe('followCache', () => {
  it('tells all objects and then every change', async () => {
    const { cache, known, caughtUp } = await newFollower([stored('a', 1), stored('b', 2)]);
    await caughtUp();
    expect(caughtUp()).toBeUndefined();
    expect([...known]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    cache.apply({ type: 'put', current: stored('c', 11), previous: undefined });
    const previous = stored('a', 1);
    cache.apply({ type: 'delete', key: previous.key, revision: 12, previous });
    expect([...known]).toEqual([
      ['b', '2'],
      ['c', '11'],
    ]);
  });

  it('does not tell an object again after the one that replaced it meanwhile', async () => {
    const many = ['a', 'b', 'c', 'd'].map((name, index) => stored(name, index + 1, 600_000));
    const { cache, known, caughtUp } = await newFollower(many);
    await new Promise((resolve) => setTimeout(resolve, 0));
    cache.apply({ type: 'put', current: stored('d', 11), previous: many[3] });
    const [first] = many;
    if (!first) throw new Error('there is a first one');
    cache.apply({ type: 'delete', key: first.key, revision: 12, previous: first });
    await caughtUp();
    expect([...known].sort()).toEqual([
      ['b', '2'],
      ['c', '3'],
      ['d', '11'],
    ]);
  });

  it('tells everything again when the cache was loaded anew', async () => {
    const { cache, known, caughtUp } = await newFollower([stored('a', 1)]);
    await cache.load([stored('z', 20)], 20);
    await caughtUp();
    expect([...known]).toEqual([['z', '20']]);
  });
});
