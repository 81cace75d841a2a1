import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigMap } from '../apis/core/v1/types.ts';
import { CONFIG_MAPS } from '../apis/resource-types.ts';
import type { WatchEvent } from '../machinery/object.ts';
import type { Client } from './client.ts';
import { failureOf } from './testing/failure-of.ts';

/** ClientUnderTest is a client of an API that serves ConfigMaps, in which the namespace `ns` exists. */
export interface ClientUnderTest {
  readonly client: Client;
  close(): Promise<void>;
}

const NAMESPACE = 'ns';
const ref = (name: string) => ({ namespace: NAMESPACE, name });

function configMap(name: string, data: Record<string, string> = {}): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: NAMESPACE, labels: { app: name } },
    data,
  };
}

async function take(events: AsyncIterable<WatchEvent>, count: number): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of events) {
    seen.push(`${event.type} ${event.object.metadata.name}`);
    if (seen.length === count) break;
  }
  return seen;
}

/** clientContract is the suite that every way to reach an API passes. */
export function clientContract(name: string, open: () => Promise<ClientUnderTest>): void {
  describe(`client contract: ${name}`, () => {
    let under: ClientUnderTest;
    let client: Client;

    beforeEach(async () => {
      under = await open();
      client = under.client;
    });

    afterEach(() => under.close());

    it('creates, gets, updates and deletes', async () => {
      const made = await client.create(CONFIG_MAPS, configMap('a', { k: 'v' }));
      expect(made.metadata.uid).toBeTruthy();
      expect(await client.get(CONFIG_MAPS, ref('a'))).toEqual(made);
      const changed = await client.update(CONFIG_MAPS, { ...made, data: { k: 'w' } });
      expect(changed.data).toEqual({ k: 'w' });
      expect(changed.metadata.resourceVersion).not.toBe(made.metadata.resourceVersion);
      await client.delete(CONFIG_MAPS, ref('a'));
      expect((await failureOf(client.get(CONFIG_MAPS, ref('a')))).message).toBe(
        'configmaps "a" not found',
      );
    });

    it('throws failures as Status errors with reason and details', async () => {
      await client.create(CONFIG_MAPS, configMap('a'));
      const error = await failureOf(client.create(CONFIG_MAPS, configMap('a')));
      expect(error.code).toBe(409);
      expect(error.reason).toBe('AlreadyExists');
      expect(error.status.details).toEqual({ name: 'a', kind: 'configmaps' });
    });

    it('refuses an update of a version that is not the newest', async () => {
      const made = await client.create(CONFIG_MAPS, configMap('a'));
      await client.update(CONFIG_MAPS, { ...made, data: { k: '1' } });
      const error = await failureOf(client.update(CONFIG_MAPS, { ...made, data: { k: '2' } }));
      expect(error.reason).toBe('Conflict');
    });

    it('lists by label, in order, with the version of the snapshot', async () => {
      for (const one of ['b', 'a', 'c']) await client.create(CONFIG_MAPS, configMap(one));
      const query = { namespace: NAMESPACE, labelSelector: 'app in (a, c)' };
      const list = await client.list(CONFIG_MAPS, query);
      expect(list.items.map((one) => one.metadata.name)).toEqual(['a', 'c']);
      expect(Number(list.metadata.resourceVersion)).toBeGreaterThan(0);
    });

    it('patches by merge', async () => {
      await client.create(CONFIG_MAPS, configMap('a', { a: '1', b: '2' }));
      const body = { data: { a: null, c: '3' } };
      const type = 'application/merge-patch+json';
      const patched = await client.patch(CONFIG_MAPS, ref('a'), { type, body });
      expect(patched.data).toEqual({ b: '2', c: '3' });
    });

    it('watches changes after a version until it is aborted', async () => {
      const { resourceVersion } = (await client.list(CONFIG_MAPS, { namespace: NAMESPACE }))
        .metadata;
      const aborter = new AbortController();
      const events = await client.watch(CONFIG_MAPS, {
        namespace: NAMESPACE,
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
        signal: aborter.signal,
      });
      const made = await client.create(CONFIG_MAPS, configMap('a'));
      await client.update(CONFIG_MAPS, { ...made, data: { k: '1' } });
      await client.delete(CONFIG_MAPS, ref('a'));
      expect(await take(events, 3)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
      aborter.abort();
    });

    it('deletes a collection', async () => {
      for (const one of ['a', 'b']) await client.create(CONFIG_MAPS, configMap(one));
      await client.deleteCollection(CONFIG_MAPS, { namespace: NAMESPACE, labelSelector: 'app=a' });
      const list = await client.list(CONFIG_MAPS, { namespace: NAMESPACE });
      expect(list.items.map((one) => one.metadata.name)).toEqual(['b']);
    });
  });
}
