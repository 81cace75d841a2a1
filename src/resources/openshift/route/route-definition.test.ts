import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../../apis/resource-types.ts';
import type { Route } from '../../../apis/route.openshift.io/v1/types.ts';
import {
  startTestApiServer,
  type TestApiServer,
} from '../../../apiserver/testing/test-api-server.ts';
import { routeDefinitions } from './index.ts';

let api: TestApiServer;

beforeAll(async () => {
  api = await startTestApiServer(routeDefinitions({ routeDomain: 'apps.test' }));
});

afterAll(() => api?.close());

function create(name: string, spec: Partial<Route['spec']> = {}): Promise<Route> {
  return api.client.create(ROUTES, {
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: { namespace: 'p', name },
    spec: { to: { kind: '', name: 'web' }, ...spec },
    status: { ingress: [{ host: 'claimed' }] },
  });
}

describe('a route', () => {
  it('gets a host, a weight and a wildcard policy, and no status', async () => {
    const route = await create('web');
    expect(route.spec).toEqual({
      host: 'web-p.apps.test',
      to: { kind: 'Service', name: 'web', weight: 100 },
      wildcardPolicy: 'None',
    });
    expect(route.metadata.annotations).toEqual({ 'openshift.io/host.generated': 'true' });
    expect(route.status?.ingress).toBeUndefined();
  });

  it('keeps the host that its creator chose', async () => {
    const route = await create('named', { host: 'www.example.com' });
    expect(route.spec.host).toBe('www.example.com');
    expect(route.metadata.annotations).toBeUndefined();
  });

  it('keeps its generated host when it is replaced without one', async () => {
    const { spec, ...rest } = await create('kept');
    const { host, ...without } = spec;
    const updated = await api.client.update<Route>(ROUTES, { ...rest, spec: without });
    expect(updated.spec.host).toBe(host);
  });

  it('is refused with a bad host', async () => {
    await expect(create('bad', { host: 'bad_host' })).rejects.toThrow(
      'Route.route.openshift.io "bad" is invalid: [spec.host: Invalid value: "bad_host": host must conform to DNS 952 subdomain conventions, ',
    );
  });

  it('has a status that the router writes', async () => {
    const route = structuredClone(await create('status'));
    route.status = { ingress: [{ host: 'status-p.apps.test', routerName: 'default' }] };
    const updated = await api.client.updateStatus(ROUTES, route);
    expect(updated.status?.ingress).toMatchObject([
      { routerName: 'default', wildcardPolicy: 'None' },
    ]);
  });

  it('is found by its host', async () => {
    await create('found', { host: 'found.example.com' });
    const list = await api.client.list(ROUTES, { fieldSelector: 'spec.host=found.example.com' });
    expect(list.items.map((one) => one.metadata.name)).toEqual(['found']);
  });
});
