import { describe, expect, it } from 'vitest';
import type { ConfigMap, Pod } from '../../apis/core/v1/types.ts';
import { CONFIG_MAPS, NAMESPACES, PODS } from '../../apis/resource-types.ts';
import type { KubeObject, WatchEvent } from '../../machinery/object.ts';
import {
  isConflict,
  isNotFound,
  isStatusError,
  newConflict,
} from '../../machinery/status-error.ts';
import { newFakeClient } from './fake-client.ts';

function configMap(name: string, labels: Record<string, string> = {}): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'a', name, labels } };
}

function pod(name: string, nodeName?: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'a', name },
    spec: { containers: [], ...(nodeName ? { nodeName } : {}) },
  };
}

async function take<T extends KubeObject>(
  watch: AsyncIterable<WatchEvent<T>>,
  count: number,
): Promise<string[]> {
  const lines: string[] = [];
  for await (const { type, object } of watch) {
    lines.push(`${type} ${object.metadata.name}`);
    if (lines.length === count) break;
  }
  return lines;
}

describe('newFakeClient', () => {
  it('gives identity and versions, freezes what it answers, and refuses a stale update', async () => {
    const fake = newFakeClient();
    const made = await fake.create(CONFIG_MAPS, configMap('one'));
    expect(made.metadata).toMatchObject({ resourceVersion: '1' });
    expect(made.metadata.uid).toBeTruthy();
    expect(Object.isFrozen(made.metadata)).toBe(true);
    const next = await fake.update(CONFIG_MAPS, { ...made, data: { a: '1' } });
    expect(next.metadata).toMatchObject({ uid: made.metadata.uid, resourceVersion: '2' });
    const stale = await fake.update(CONFIG_MAPS, { ...made, data: {} }).catch((e) => e);
    expect(isConflict(stale)).toBe(true);
    const again = await fake.create(CONFIG_MAPS, configMap('one')).catch((e) => e);
    expect(again.message).toBe('configmaps "one" already exists');
  });

  it('generates names that differ', async () => {
    const fake = newFakeClient();
    const names = new Set<string | undefined>();
    for (let i = 0; i < 20; i += 1) {
      const metadata = { namespace: 'a', generateName: 'web-' };
      names.add((await fake.create(PODS, { ...pod(''), metadata })).metadata.name);
    }
    expect(names.size).toBe(20);
    expect([...names].every((name) => /^web-[a-z0-9]{5}$/.test(name ?? ''))).toBe(true);
  });

  it('lists by namespace, labels and fields', async () => {
    const fake = newFakeClient();
    fake.add(CONFIG_MAPS, configMap('one', { app: 'x' }), configMap('two', { app: 'y' }));
    const names = async (query: object) =>
      (await fake.list(CONFIG_MAPS, query)).items.map((one) => one.metadata.name);
    expect(await names({ labelSelector: 'app in (x)' })).toEqual(['one']);
    expect(await names({ fieldSelector: 'metadata.name!=one' })).toEqual(['two']);
    expect(await names({ namespace: 'b' })).toEqual([]);
  });

  it('watches from a version, and shows leaving the selection as a delete', async () => {
    const fake = newFakeClient();
    const [one] = fake.add(CONFIG_MAPS, configMap('one', { app: 'x' }));
    const { metadata } = await fake.list(CONFIG_MAPS);
    const version = metadata.resourceVersion ?? '';
    const watch = await fake.watch(CONFIG_MAPS, {
      labelSelector: 'app=x',
      resourceVersion: version,
    });
    await fake.create(CONFIG_MAPS, configMap('two', { app: 'x' }));
    await fake.update(CONFIG_MAPS, {
      ...configMap('one'),
      metadata: { ...one?.metadata, labels: {} },
    });
    expect(await take(watch, 2)).toEqual(['ADDED two', 'DELETED one']);
    const fromNow = await fake.watch(CONFIG_MAPS);
    expect(await take(fromNow, 2)).toEqual(['ADDED one', 'ADDED two']);
  });

  it('expires watches and old versions', async () => {
    const fake = newFakeClient();
    fake.add(CONFIG_MAPS, configMap('one'));
    const watch = await fake.watch(CONFIG_MAPS, { resourceVersion: '1' });
    fake.add(CONFIG_MAPS, configMap('two'));
    fake.expireWatches(CONFIG_MAPS);
    expect(await take(watch, 9)).toEqual(['ADDED two', 'ERROR undefined']);
    const old = await fake.watch(CONFIG_MAPS, { resourceVersion: '1' }).catch((e) => e);
    expect(isStatusError(old, 'Expired')).toBe(true);
  });

  it('keeps status apart from the rest', async () => {
    const fake = newFakeClient();
    const made = await fake.create(PODS, pod('web'));
    await fake.updateStatus(PODS, { ...made, status: { phase: 'Running' } });
    const { metadata } = await fake.patch(
      PODS,
      { namespace: 'a', name: 'web' },
      {
        type: 'application/merge-patch+json',
        body: { spec: { nodeName: 'n' }, status: { phase: 'Failed' } },
      },
    );
    expect(metadata.generation).toBe(2);
    const found = fake.find(PODS, { namespace: 'a', name: 'web' });
    expect(found).toMatchObject({ spec: { nodeName: 'n' }, status: { phase: 'Running' } });
  });

  it('deletes a pod on a node gracefully, any other at once', async () => {
    const fake = newFakeClient();
    fake.add(PODS, pod('bound', 'n'), pod('free'));
    await fake.delete(PODS, { namespace: 'a', name: 'free' });
    await fake.delete(PODS, { namespace: 'a', name: 'bound' });
    expect(fake.all(PODS).map((one) => one.metadata.name)).toEqual(['bound']);
    expect(fake.all(PODS)[0]?.metadata.deletionGracePeriodSeconds).toBe(30);
    await fake.delete(PODS, { namespace: 'a', name: 'bound' }, { gracePeriodSeconds: 0 });
    expect(fake.all(PODS)).toEqual([]);
  });

  it('keeps an object until its last finalizer goes', async () => {
    const fake = newFakeClient();
    fake.add(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'a' },
      spec: { finalizers: ['kubernetes'] },
    });
    await fake.delete(NAMESPACES, { name: 'a' });
    const found = fake.find(NAMESPACES, { name: 'a' });
    expect(found?.status).toEqual({ phase: 'Terminating' });
    if (found) await fake.update(NAMESPACES, { ...found, spec: {} }, { subresource: 'finalize' });
    expect(fake.find(NAMESPACES, { name: 'a' })).toBeUndefined();
  });

  it('binds pods, fails on demand and records what was asked', async () => {
    const fake = newFakeClient();
    fake.add(PODS, pod('web'));
    const ref = { namespace: 'a', name: 'web' };
    fake.failNext('create', PODS, newConflict(PODS, 'web'));
    await expect(fake.post(PODS, ref, 'binding', { target: { name: 'n' } })).rejects.toThrow();
    await fake.post(PODS, ref, 'binding', { target: { name: 'n' } });
    expect(fake.find(PODS, ref)?.spec?.nodeName).toBe('n');
    expect(fake.writes()).toEqual(['create pods/binding a/web', 'create pods/binding a/web']);
    const absent = await fake.get(PODS, { namespace: 'a', name: 'x' }).catch((e) => e);
    expect(isNotFound(absent)).toBe(true);
  });
});
