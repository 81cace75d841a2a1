import { afterEach, describe, expect, it } from 'vitest';
import type { ConfigMap } from '../apis/core/v1/types.ts';
import { CONFIG_MAPS } from '../apis/resource-types.ts';
import { newFakeClient } from '../client/fake/fake-client.ts';
import { newInternalError } from '../machinery/status-error.ts';
import { newFakeClock, settle } from './fake/fake-clock.ts';
import { newInformers, type RunningInformers } from './informers.ts';
import { SILENT } from './silent-log.ts';

const running: RunningInformers[] = [];
afterEach(async () => {
  for (const informers of running.splice(0)) await informers.stop();
});

function setUp() {
  const clock = newFakeClock();
  const client = newFakeClient();
  const informers = newInformers(client, { clock, log: SILENT });
  running.push(informers);
  const informer = informers.informer(CONFIG_MAPS);
  const changes: string[] = [];
  informer.onChange(({ current, previous }) => {
    changes.push(`${previous?.data?.v ?? '-'}>${current?.data?.v ?? '-'}`);
  });
  return { clock, client, informers, informer, changes };
}

function configMap(name: string, v: string, namespace = 'a'): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data: { v } };
}

const ref = { namespace: 'a', name: 'one' };

describe('newInformers', () => {
  it('fills the copy, follows changes and freezes what it holds', async () => {
    const { client, informers, informer, changes } = setUp();
    client.add(CONFIG_MAPS, configMap('one', '1'));
    informers.start();
    await informers.synced();
    await settle();
    client.add(CONFIG_MAPS, configMap('one', '2'));
    client.remove(CONFIG_MAPS, ref);
    await settle();
    expect(changes).toEqual(['->1', '1>2', '2>-']);
    client.add(CONFIG_MAPS, configMap('one', '3'));
    await settle();
    expect(informer.get('a/one')?.data).toEqual({ v: '3' });
    expect(Object.isFrozen(informer.get('a/one')?.data)).toBe(true);
  });

  it('shares one list and watch among those who ask', async () => {
    const { client, informers, informer } = setUp();
    expect(informers.informer(CONFIG_MAPS)).toBe(informer);
    informers.start();
    await informers.synced();
    await settle();
    expect(client.actions.map((one) => one.verb)).toEqual(['list', 'watch']);
  });

  it('answers by namespace and by index, before and after a change', async () => {
    const { client, informers, informer } = setUp();
    informer.addIndex('v', (one) => [one.data?.v ?? '']);
    client.add(CONFIG_MAPS, configMap('one', '1'), configMap('two', '1', 'b'));
    informers.start();
    await informers.synced();
    expect(informer.list('b').map((one) => one.metadata.name)).toEqual(['two']);
    expect(informer.byIndex('v', '1')).toHaveLength(2);
    await settle();
    client.add(CONFIG_MAPS, configMap('one', '2'));
    await settle();
    expect(informer.byIndex('v', '1').map((one) => one.metadata.name)).toEqual(['two']);
    expect(informer.byIndex('v', '2').map((one) => one.metadata.name)).toEqual(['one']);
  });

  it('goes on where it was after a lost connection, without a list', async () => {
    const { clock, client, informers, informer } = setUp();
    informers.start();
    await informers.synced();
    await settle();
    client.breakWatches(CONFIG_MAPS);
    client.add(CONFIG_MAPS, configMap('one', '1'));
    await settle();
    await clock.advance(1000);
    expect(informer.get('a/one')).toBeDefined();
    expect(client.actions.filter((one) => one.verb === 'list')).toHaveLength(1);
  });

  it('lists again after 410 and finds what went and what came meanwhile', async () => {
    const { clock, client, informers, changes } = setUp();
    client.add(CONFIG_MAPS, configMap('one', '1'));
    informers.start();
    await informers.synced();
    await settle();
    const failure = newInternalError(new Error('away'));
    client.failNext('list', CONFIG_MAPS, failure, 2);
    client.expireWatches(CONFIG_MAPS);
    client.remove(CONFIG_MAPS, ref);
    client.add(CONFIG_MAPS, configMap('two', '2'));
    await clock.advance(5000);
    expect(changes).toEqual(['->1', '1>-', '->2']);
  });

  it('waits longer after every failure', async () => {
    const { clock, client, informers } = setUp();
    client.failNext('list', CONFIG_MAPS, newInternalError(new Error('away')), 4);
    informers.start();
    const delays: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      await settle();
      const [delay = 0] = clock.pending();
      delays.push(delay);
      await clock.advance(delay);
    }
    expect(delays).toEqual([100, 200, 400, 800]);
    await informers.synced();
  });

  it('forgets a resource that is gone, and begins anew when it is asked for again', async () => {
    const { clock, client, informers, changes } = setUp();
    informers.start();
    await informers.synced();
    informers.forget(CONFIG_MAPS);
    client.add(CONFIG_MAPS, configMap('one', '1'));
    await settle();
    await clock.advance(60_000);
    expect(changes).toEqual([]);
    const again = informers.informer(CONFIG_MAPS);
    await informers.synced();
    expect(again.get('a/one')).toBeDefined();
  });
});
