import { afterEach, describe, expect, it } from 'vitest';
import type { ConfigMap } from '../apis/core/v1/types.ts';
import { CONFIG_MAPS } from '../apis/resource-types.ts';
import { objectKey } from '../machinery/object.ts';
import { newConflict, newNamespaceTerminating, newNotFound } from '../machinery/status-error.ts';
import { type Controller, source, TerminalError } from './controller.ts';
import { type Harness, newHarness } from './fake/harness.ts';

let harness: Harness;
afterEach(() => harness.stop());

function configMap(name: string): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'a', name } };
}

function controllerOf(reconcile: Controller['reconcile'], more: Partial<Controller> = {}) {
  const sources = [source(CONFIG_MAPS, (object) => [objectKey(object)])];
  return { name: 'test', sources, reconcile, ...more };
}

describe('newManager', () => {
  it('reconciles every object once it has synced, and again when it changes', async () => {
    harness = newHarness();
    const seen: string[] = [];
    harness.client.add(CONFIG_MAPS, configMap('one'), configMap('two'));
    await harness.start(
      controllerOf(async (key) => {
        seen.push(key);
        return undefined;
      }),
    );
    expect(seen).toEqual(['a/one', 'a/two']);
    harness.client.add(CONFIG_MAPS, { ...configMap('two'), data: { a: '1' } });
    await harness.settle();
    expect(seen).toEqual(['a/one', 'a/two', 'a/two']);
  });

  it.each([
    {
      what: 'tries again with back-off after an error',
      error: new Error('no'),
      calls: 4,
      said: true,
    },
    {
      what: 'tries again after a conflict',
      error: newConflict(CONFIG_MAPS, 'one'),
      calls: 4,
      said: false,
    },
    {
      what: 'gives up, and says nothing, when the namespace is being terminated',
      error: newNamespaceTerminating(CONFIG_MAPS, 'one', 'a'),
      calls: 1,
      said: false,
    },
    {
      what: 'gives up, and says nothing, when the namespace is gone',
      error: newNotFound({ group: '', resource: 'namespaces' }, 'a'),
      calls: 1,
      said: false,
    },
    {
      what: 'gives up after a TerminalError',
      error: new TerminalError('never'),
      calls: 1,
      said: true,
    },
  ])('$what', async ({ error, calls, said }) => {
    harness = newHarness();
    let count = 0;
    harness.client.add(CONFIG_MAPS, configMap('one'));
    await harness.start(
      controllerOf(async () => {
        count += 1;
        throw error;
      }),
    );
    await harness.advance(5 + 10 + 20);
    expect(count).toBe(calls);
    const warned = harness.logged.filter((line) => line.level !== 'debug');
    expect(warned.length > 0).toBe(said);
  });

  it('looks again when it is asked to, and ever so often', async () => {
    harness = newHarness();
    let count = 0;
    harness.client.add(CONFIG_MAPS, configMap('one'));
    const reconcile = async () => {
      count += 1;
      return count === 1 ? { requeueAfterMs: 1000 } : undefined;
    };
    await harness.start(controllerOf(reconcile, { resyncMs: 60_000 }));
    await harness.advance(1000);
    expect(count).toBe(2);
    await harness.advance(120_000);
    expect(count).toBe(4);
  });

  it('runs as many keys at once as it may, and stop waits for them', async () => {
    harness = newHarness();
    let active = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    for (const name of ['1', '2', '3', '4']) harness.client.add(CONFIG_MAPS, configMap(name));
    const reconcile = async () => {
      active += 1;
      most = Math.max(most, active);
      await new Promise<void>((resolve) => gates.push(resolve));
      active -= 1;
      return undefined;
    };
    const started = harness.start(controllerOf(reconcile, { concurrency: 2 }));
    while (gates.length < 2) await new Promise((resolve) => setImmediate(resolve));
    for (let released = 0; released < 4; released += 1) {
      gates.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await started;
    expect(most).toBe(2);
    expect(active).toBe(0);
  });
});
