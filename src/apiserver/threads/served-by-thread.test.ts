import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_MAPS, NAMESPACES, RESOURCE_QUOTAS } from '../../apis/resource-types.ts';
import { newMemoryStore } from '../../storage/memory/memory-store.ts';
import { CacheHub } from '../cache/cache-hub.ts';
import { SILENT_LOG } from '../clock.ts';
import type { ServedResource } from '../endpoints/served-resource.ts';
import { ServedResources } from '../endpoints/served-resources.ts';
import { testRequest } from '../testing/test-front-request.ts';
import { newThreadRule } from './served-by-thread.ts';

const WEBHOOKS = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  resource: 'validatingwebhookconfigurations',
  kind: 'ValidatingWebhookConfiguration',
  namespaced: false,
};
const COMPUTED = { ...CONFIG_MAPS, resource: 'computed', kind: 'Computed' };

describe('newThreadRule', () => {
  let hub: CacheHub;
  let isServed: (method: string, path: string) => boolean;
  const store = newMemoryStore();

  beforeEach(async () => {
    hub = new CacheHub(store, [CONFIG_MAPS, NAMESPACES, RESOURCE_QUOTAS, WEBHOOKS], SILENT_LOG);
    await hub.start();
    const served = new ServedResources();
    const definitions = [
      { type: CONFIG_MAPS, definition: 'x', writtenAnywhere: true },
      { type: NAMESPACES, definition: 'x' },
      { type: COMPUTED, definition: 'x', storage: {} },
    ];
    served.replace('', definitions.map((definition) => ({ definition })) as ServedResource[]);
    const rule = newThreadRule(served, hub);
    isServed = (method, path) => rule(testRequest(path, { method }));
  });
  afterEach(() => hub.close());

  const maps = '/api/v1/namespaces/ns/configmaps';

  it.each([
    ['GET', maps, true],
    ['GET', `${maps}?watch=1`, true],
    ['GET', '/api/v1/configmaps', true],
    ['GET', `${maps}/a`, true],
    ['POST', maps, true],
    ['PATCH', `${maps}/a`, true],
    ['DELETE', `${maps}/a`, true],
    ['DELETE', maps, false],
    ['GET', `${maps}/a/status`, false],
    ['GET', '/api/v1/namespaces', true],
    ['POST', '/api/v1/namespaces', false],
    ['GET', '/api/v1/namespaces/ns/computed', false],
    ['GET', '/apis/example.com/v1/widgets', false],
    ['GET', '/api/v1', false],
    ['GET', '/version', false],
  ])('%s %s: %s', (method, path, expected) => {
    expect(isServed(method, path)).toBe(expected);
  });

  async function put(prefix: string, kind: string): Promise<void> {
    const value = Buffer.from(JSON.stringify({ kind, apiVersion: 'v1', metadata: {} }));
    const written = await store.write({ key: prefix, value, expectedModRevision: 0 });
    if (written.ok) await hub.waitFor(written.revision);
  }

  it('leaves writes to the main thread where a quota or a webhook has a say', async () => {
    await put('/registry/resourcequotas/ns/q', 'ResourceQuota');
    expect(isServed('POST', maps)).toBe(false);
    expect(isServed('GET', maps)).toBe(true);
    expect(isServed('POST', '/api/v1/namespaces/other/configmaps')).toBe(true);
    await put(
      '/registry/admissionregistration.k8s.io/validatingwebhookconfigurations/w',
      WEBHOOKS.kind,
    );
    expect(isServed('POST', '/api/v1/namespaces/other/configmaps')).toBe(false);
  });
});
