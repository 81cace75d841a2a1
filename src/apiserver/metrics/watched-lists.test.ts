import { afterEach, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { metricsText } from '../../machinery/metrics/metrics-text.ts';
import { startTestApiServer, TEST_ADMIN, type TestApiServer } from '../testing/test-api-server.ts';

let api: TestApiServer | undefined;
afterEach(() => api?.close());

it('measures streaming lists, and notes who asks for what is deprecated', async () => {
  const metrics = new MetricRegistry();
  const definition = 'io.k8s.api.core.v1.ConfigMap';
  api = await startTestApiServer([{ type: CONFIG_MAPS, definition, deprecation: 'is old' }], {
    metrics,
  });
  const told = () => metricsText([metrics.snapshot()]);
  expect(told()).not.toContain('apiserver_requested_deprecated_apis{');
  const query = new URLSearchParams({
    watch: '1',
    sendInitialEvents: 'true',
    resourceVersionMatch: 'NotOlderThan',
    allowWatchBookmarks: 'true',
  });
  const { body } = await api.server
    .transportFor(TEST_ADMIN)
    .request({ method: 'GET', path: '/api/v1/namespaces/n/configmaps', query });
  if (body.kind !== 'watch') throw new Error(`not a watch but ${body.kind}`);
  for await (const { type } of body.events) {
    expect(type).toBe('BOOKMARK');
    break;
  }
  const place = 'group="",version="v1",resource="configmaps"';
  expect(told()).toContain(
    `\napiserver_watch_list_duration_seconds_count{${place},scope="namespace"} 1\n`,
  );
  expect(told()).toContain(
    `\napiserver_requested_deprecated_apis{${place},subresource="",removed_release=""} 1\n`,
  );
});
