import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Service } from '../../../apis/core/v1/types.ts';
import type { Ingress, IngressSpec } from '../../../apis/networking.k8s.io/v1/types.ts';
import {
  INGRESS_CLASSES,
  INGRESSES,
  ROUTES,
  SECRETS,
  SERVICES,
} from '../../../apis/resource-types.ts';
import type { Route } from '../../../apis/route.openshift.io/v1/types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newIngressToRouteController } from './ingress-to-route-controller.ts';

const NAMESPACE = 'shop';
const ROUTER = 'router-default.apps.test';

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

function service(name: string, portName?: string): Service {
  const port = { port: 80, targetPort: 8080, ...(portName ? { name: portName } : {}) };
  const metadata = { namespace: NAMESPACE, name };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [port] } };
}

function path(to: string, at = '/', pathType = 'Prefix') {
  return { path: at, pathType, backend: { service: { name: to, port: { number: 80 } } } };
}

function ingress(spec: IngressSpec, annotations?: Record<string, string>): Ingress {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      namespace: NAMESPACE,
      name: 'front',
      uid: 'u1',
      ...(annotations && { annotations }),
    },
    spec,
  };
}

const rule = (host: string, ...paths: ReturnType<typeof path>[]) => ({ host, http: { paths } });
const start = () => harness.start(newIngressToRouteController(harness.deps));
const routes = async (): Promise<Route[]> =>
  (await harness.client.list(ROUTES, { namespace: NAMESPACE })).items;
const current = () => harness.client.get(INGRESSES, { namespace: NAMESPACE, name: 'front' });

/** Admits a route as the router does. */
async function admit(route: Route, status = 'True'): Promise<void> {
  const conditions = [{ type: 'Admitted', status }];
  const entry = { routerName: 'default', routerCanonicalHostname: ROUTER, conditions };
  await harness.client.updateStatus(ROUTES, { ...route, status: { ingress: [entry] } });
  await harness.settle();
}

describe('newIngressToRouteController', () => {
  it('makes a route for each path, at the port of the service', async () => {
    harness.client.add(SERVICES, service('web'), service('api', 'http'));
    harness.client.add(
      INGRESSES,
      ingress({ rules: [rule('a.test', path('web'), path('api', '/api'))] }),
    );
    await start();
    const made = (await routes()).map(({ spec }) => [
      spec.host,
      spec.path,
      spec.to.name,
      spec.port,
    ]);
    expect(made.sort()).toEqual([
      ['a.test', '/', 'web', undefined],
      ['a.test', '/api', 'api', { targetPort: 'http' }],
    ]);
    expect((await routes())[0]?.metadata.ownerReferences).toEqual([
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        name: 'front',
        uid: 'u1',
        controller: true,
      },
    ]);
  });

  it('shows the router in the status once a route is admitted, and no longer when it is gone', async () => {
    harness.client.add(SERVICES, service('web'));
    harness.client.add(INGRESSES, ingress({ rules: [rule('a.test', path('web'))] }));
    await start();
    const [route] = await routes();
    if (!route) throw new Error('there is no route');
    await admit(route, 'False');
    expect((await current()).status?.loadBalancer).toBeUndefined();
    await admit((await routes())[0] ?? route);
    expect((await current()).status?.loadBalancer).toEqual({ ingress: [{ hostname: ROUTER }] });
    await harness.client.update(INGRESSES, { ...(await current()), spec: { rules: [] } });
    await harness.settle();
    expect(await routes()).toEqual([]);
    expect((await current()).status?.loadBalancer).toEqual({ ingress: [] });
  });

  it('follows the ingress, and keeps the weight of a route', async () => {
    harness.client.add(SERVICES, service('web'), service('new'));
    harness.client.add(INGRESSES, ingress({ rules: [rule('a.test', path('web'))] }));
    await start();
    const [made] = await routes();
    if (!made) throw new Error('there is no route');
    const to = { ...made.spec.to, weight: 7 };
    await harness.client.update(ROUTES, { ...made, spec: { ...made.spec, to } });
    const changed = { ...(await current()), spec: { rules: [rule('a.test', path('new'))] } };
    await harness.client.update(INGRESSES, changed);
    await harness.settle();
    expect((await routes()).map(({ metadata, spec }) => [metadata.name, spec.to])).toEqual([
      [made.metadata.name, { kind: 'Service', name: 'new', weight: 7 }],
    ]);
  });

  it('ends TLS with the certificate of the secret', async () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    harness.client.add(SERVICES, service('web'));
    const tls = [{ hosts: ['a.test'], secretName: 'cert' }];
    harness.client.add(INGRESSES, ingress({ tls, rules: [rule('a.test', path('web'))] }));
    await start();
    expect(await routes()).toEqual([]);
    expect(harness.events).toEqual([
      'Normal IncompleteIngressToRouteRules: Incomplete ingress to route rules detected: Invalid or missing TLS secret for rule host "a.test" at index 0, path index 0',
    ]);
    harness.client.add(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: NAMESPACE, name: 'cert' },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64('C'), 'tls.key': base64('K') },
    });
    await harness.settle();
    expect((await routes())[0]?.spec.tls).toEqual({
      termination: 'edge',
      insecureEdgeTerminationPolicy: 'Redirect',
      certificate: 'C',
      key: 'K',
    });
  });

  it.each<[string, IngressSpec, string]>([
    [
      'no host',
      { rules: [{ http: { paths: [path('web')] } }] },
      'Missing host field in rule at index 0',
    ],
    ['no paths', { rules: [{ host: 'a.test' }] }, 'Missing http field in rule at index 0'],
    [
      'an exact path',
      { rules: [rule('a.test', path('web', '/x', 'Exact'))] },
      'Unsupported exact path type in rule at index 0, path index 0',
    ],
    [
      'no service',
      { rules: [rule('a.test', path('absent'))] },
      'Backend service "absent" not found at index 0, path index 0',
    ],
  ])('says what it cannot make a route of: %s', async (_, spec, text) => {
    harness.client.add(SERVICES, service('web'));
    harness.client.add(INGRESSES, ingress(spec));
    await start();
    expect(await routes()).toEqual([]);
    expect(harness.events).toEqual([
      `Normal IncompleteIngressToRouteRules: Incomplete ingress to route rules detected: ${text}`,
    ]);
  });

  it.each([
    ['nginx', 'k8s.io/ingress-nginx', 0],
    ['openshift-default', 'openshift.io/ingress-to-route', 1],
    ['absent', undefined, 0],
  ])('minds the class %s', async (ingressClassName, controller, count) => {
    harness.client.add(SERVICES, service('web'));
    if (controller) {
      harness.client.add(INGRESS_CLASSES, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IngressClass',
        metadata: { name: ingressClassName },
        spec: { controller },
      });
    }
    harness.client.add(
      INGRESSES,
      ingress({ ingressClassName, rules: [rule('a.test', path('web'))] }),
    );
    await start();
    expect(await routes()).toHaveLength(count);
  });
});
