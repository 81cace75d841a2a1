import type { RequestOptions } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_MAPS, NAMESPACES } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { sendTo } from '../testing/send-to.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { listenForTest, type TestListener } from '../testing/test-listener.ts';

const definitions: ResourceDefinition[] = [
  { type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap' },
  { type: NAMESPACES, definition: 'io.k8s.api.core.v1.Namespace' },
];
const COLLECTION = '/api/v1/namespaces/ns/configmaps';

let api: TestApiServer;
let open: TestListener;

const send = (path: string, options?: RequestOptions, body?: string) =>
  sendTo(open, path, options, body);

beforeEach(async () => {
  api = await startTestApiServer(definitions, {
    authenticate: {
      authenticate: () => ({ name: 'root', groups: ['system:authenticated'] }),
    },
  });
  open = await listenForTest(api.server);
  const metadata = { name: 'ns' };
  await api.client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata });
});
afterEach(() => api.close());

describe('what operators ask for', () => {
  it('tells what is well', async () => {
    expect((await send('/readyz?verbose&exclude=etcd&exclude=x')).text).toBe(
      '[+]ping ok\n[+]log ok\n[+]etcd excluded: ok\n[+]etcd-readiness ok\n[+]shutdown ok\nwarn: some health checks cannot be excluded: no matches for "x"\nreadyz check passed\n',
    );
    expect((await send('/livez/ping', { method: 'POST' })).text).toBe('ok');
    expect((await send('/metrics/slis')).text).toContain(
      'kubernetes_healthcheck{name="ping",type="livez"} 1\n',
    );
    for (const path of ['/livez/nosuch', '/livez/', '/livez/shutdown']) {
      expect(await send(path)).toMatchObject({ status: 404, text: '404 page not found\n' });
    }
  });

  it('is not ready once a shutdown has begun, but alive', async () => {
    api.server.beginShutdown();
    const ready = await send('/readyz');
    expect(ready.status).toBe(500);
    expect(ready.text).toContain('[-]shutdown failed: reason withheld\nreadyz check failed\n');
    expect((await send('/livez')).text).toBe('ok');
    expect((await send(COLLECTION)).status).toBe(200);
  });

  it('counts requests by what the server serves, not by what clients make up', async () => {
    await send(`${COLLECTION}/nosuch`);
    await send(COLLECTION);
    await send('/apis/made.up/v1/things/x');
    await send('/made/up', { method: 'PROPFIND' });
    await send('/version');
    const { text, headers } = await send('/metrics');
    expect(headers['content-type']).toBe(
      'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
    );
    const get =
      'verb="GET",dry_run="",group="",version="v1",resource="configmaps",subresource="",scope="resource",component="apiserver"';
    expect(text).toContain(`apiserver_request_total{${get},code="404"} 1\n`);
    expect(text).toContain(`apiserver_request_duration_seconds_count{${get}} 1\n`);
    expect(text).toContain('apiserver_storage_objects{resource="configmaps"} 0\n');
    expect(text).toContain(
      'apiserver_flowcontrol_dispatched_requests_total{priority_level="global-default",flow_schema="global-default"}',
    );
    const other = 'dry_run="",group="",version="",resource=""';
    for (const [verb, path, code] of [
      ['GET', '/version', 200],
      ['other', '', 404],
    ]) {
      expect(text).toContain(
        `apiserver_request_total{verb="${verb}",${other},subresource="${path}",scope="",component="",code="${code}"} 1\n`,
      );
    }
    expect(text).not.toContain('made');
    expect(text).not.toContain('PROPFIND');
  });

  it('counts what an operator looks at, as upstream names and divides it', async () => {
    const metadata = { name: 'counted' };
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    await send(COLLECTION, { method: 'POST' }, body);
    await send(COLLECTION);
    const { text } = await send('/metrics');
    const place = 'group="",version="v1",resource="configmaps",subresource="",scope="namespace"';
    for (const line of [
      `apiserver_request_sli_duration_seconds_count{verb="LIST",${place},component="apiserver"}`,
      `apiserver_response_sizes_bucket{verb="LIST",${place},component="apiserver",le="1e+06"}`,
      'apiserver_request_body_size_bytes_bucket{resource="configmaps",verb="create",group="",le="50000"}',
      'apiserver_cache_list_total{group="",resource="configmaps",index=""}',
      'etcd_requests_total{operation="create",group="",resource="configmaps"}',
      'apiserver_resource_size_estimate_bytes{group="",resource="configmaps"}',
      'apiserver_watch_cache_events_received_total{group="",resource="configmaps"}',
      'apiserver_flowcontrol_current_executing_seats{priority_level="global-default",flow_schema="global-default"}',
      'apiserver_flowcontrol_upper_limit_seats{priority_level="catch-all"}',
      'apiserver_tls_handshake_errors_total',
    ]) {
      const value = text.split(`\n${line} `)[1]?.split('\n')[0];
      expect(Number(value), line).toBeGreaterThanOrEqual(0);
    }
    expect(text).not.toMatch(/response_sizes_count\{verb="POST"/);
  });
});
