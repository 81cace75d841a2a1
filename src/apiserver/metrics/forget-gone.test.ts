import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { metricsText } from '../../machinery/metrics/metrics-text.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { sendTo } from '../testing/send-to.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { listenForTest, type TestListener } from '../testing/test-listener.ts';

const BOLTS: ResourceType = {
  group: 'test.example.com',
  version: 'v1',
  resource: 'bolts',
  kind: 'Bolt',
  namespaced: false,
};
const NUTS: ResourceType = { ...BOLTS, resource: 'nuts', kind: 'Nut' };
const bolts: ResourceDefinition = { type: BOLTS, definition: 'io.k8s.api.core.v1.ConfigMap' };
const inVersion = (version: string) => (objects: readonly KubeObject[]) =>
  objects.map((one) => ({ ...one, apiVersion: `${BOLTS.group}/${version}` }));
const olderBolts: ResourceDefinition = {
  type: { ...BOLTS, version: 'v1beta1' },
  definition: 'io.k8s.api.core.v1.ConfigMap',
  storedAs: { type: BOLTS, toStored: inVersion('v1'), fromStored: inVersion('v1beta1') },
};
const nuts: ResourceDefinition = { type: NUTS, definition: 'io.k8s.api.core.v1.ConfigMap' };

const AT = `/apis/${BOLTS.group}`;

let metrics: MetricRegistry;
let api: TestApiServer;
let open: TestListener;
beforeEach(async () => {
  metrics = new MetricRegistry();
  api = await startTestApiServer([nuts], { metrics });
  open = await listenForTest(api.server);
  await api.server.replaceDefinitions('bolts', [bolts, olderBolts]);
});
afterEach(() => api.close());

const demand = async (path: string, status = 200) =>
  expect((await sendTo(open, path)).status).toBe(status);

/** told are the series of a resource. */
const told = (resource: string) =>
  metricsText([metrics.snapshot()])
    .split('\n')
    .filter((line) => line.includes(`resource="${resource}"`));

describe('what was counted of custom resources', () => {
  it('is forgotten when they are deleted, also by requests that are under way', async () => {
    await api.client.create(BOLTS, {
      apiVersion: `${BOLTS.group}/v1`,
      kind: 'Bolt',
      metadata: { name: 'a' },
    });
    await demand(`${AT}/v1/bolts`);
    await demand(`${AT}/v1/nuts`);
    const watching = sendTo(open, `${AT}/v1/bolts?watch=1&timeoutSeconds=60`);
    await expect.poll(() => api.server.watchCount()).toBe(1);
    expect(told('bolts').join('\n')).toContain('apiserver_watch_events_total');
    expect(told('bolts').join('\n')).toContain('etcd_requests_total');
    await api.server.replaceDefinitions('bolts', []);
    expect((await watching).status).toBe(200);
    await demand(`${AT}/v1/bolts`, 404);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told('bolts')).toEqual([]);
    expect(told('nuts').join('\n')).toContain('apiserver_request_total');
    await api.server.replaceDefinitions('bolts', [bolts]);
    await demand(`${AT}/v1/bolts`);
    const count = told('bolts').find((line) => line.startsWith('apiserver_request_total{'));
    expect(count).toMatch(/ 1$/);
  });

  it('is forgotten of a version that goes, and of no other', async () => {
    await demand(`${AT}/v1/bolts`);
    await demand(`${AT}/v1beta1/bolts`);
    const versions = () =>
      new Set(told('bolts').flatMap((line) => /,version="(.*?)"/.exec(line)?.[1] ?? []));
    expect(versions()).toEqual(new Set(['v1', 'v1beta1']));
    await api.server.replaceDefinitions('bolts', [bolts]);
    expect(versions()).toEqual(new Set(['v1']));
    await demand(`${AT}/v1/bolts`);
    expect(told('bolts').join('\n')).toMatch(/apiserver_request_total{.*} 2\n/);
  });
});
