import { describe, expect, it } from 'vitest';
import type { Service, ServicePort } from '../../apis/core/v1/types.ts';
import type { Endpoint, EndpointSlice } from '../../apis/discovery.k8s.io/v1/types.ts';
import type { Route, RouteSpec } from '../../apis/route.openshift.io/v1/types.ts';
import { serviceEndpoints } from './endpoints.ts';
import { routeProfile } from './profile.ts';
import { planRoutes, routeEntry } from './route-plan.ts';

const ports: ServicePort[] = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'admin', port: 81, targetPort: 9090 },
];

const service = (own: ServicePort[] = ports): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'p', name: 'web' },
  spec: { ports: own },
});

function slice(endpoints: readonly Endpoint[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace: 'p', name: 'web-1' },
    addressType: 'IPv4',
    ports: [
      { name: 'http', port: 8080 },
      { name: 'admin', port: 9090 },
    ],
    endpoints: [...endpoints],
  };
}

const ready: Endpoint = { addresses: ['10.0.0.1'], conditions: { ready: true } };
const starting: Endpoint = { addresses: ['10.0.0.2'], conditions: { ready: false } };
const leaving: Endpoint = {
  addresses: ['10.0.0.3'],
  conditions: { ready: false, serving: true, terminating: true },
};

function route(spec: Partial<RouteSpec>, annotations: Record<string, string> = {}): Route {
  return {
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: { namespace: 'p', name: 'web', annotations },
    spec: { host: 'a.test', to: { kind: 'Service', name: 'web', weight: 100 }, ...spec },
  };
}

describe('serviceEndpoints', () => {
  it.each([
    ['the first port where none is named', undefined, ['10.0.0.1:8080']],
    ['a port by name', 'admin', ['10.0.0.1:9090']],
    ["a pod's port by number", 9090, ['10.0.0.1:9090']],
    ["a service's port by number", 81, ['10.0.0.1:9090']],
    ['a number that is written as a name', '9090', ['10.0.0.1:9090']],
    ['no port that does not exist', 'nosuch', []],
  ])('finds %s', (_, target, expected) => {
    expect(serviceEndpoints(service(), [slice([ready, starting])], target)).toEqual(expected);
  });

  it('keeps to pods that still serve while none is ready', () => {
    const slices = [slice([starting, leaving])];
    expect(serviceEndpoints(service(), slices, undefined)).toEqual(['10.0.0.3:8080']);
  });
});

describe('planRoutes', () => {
  const sources = {
    domain: 'apps.test',
    service: (key: string) => (key === 'p/web' ? service() : undefined),
    slices: () => [slice([ready])],
  };

  it.each<[string, Partial<RouteSpec>, object]>([
    ['without TLS', {}, { http: 'serve', https: false }],
    ['with TLS', { tls: { termination: 'edge' } }, { http: 'refuse', https: true }],
    [
      'with TLS that redirects',
      { tls: { termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect' } },
      { http: 'redirect', https: true },
    ],
    [
      'with TLS that allows both',
      { tls: { termination: 'edge', insecureEdgeTerminationPolicy: 'Allow' } },
      { http: 'serve', https: true },
    ],
  ])('exposes a route %s', (_, spec, expected) => {
    expect(planRoutes([route(spec)], sources)).toMatchObject([
      { entry: 'a.test/', exposure: expected, servers: [{ address: '10.0.0.1:8080', weight: 1 }] },
    ]);
  });

  it('has no servers for a service that does not exist', () => {
    const [planned] = planRoutes([route({ to: { kind: 'Service', name: 'nosuch' } })], sources);
    expect(planned?.servers).toEqual([]);
  });
});

describe('routeEntry', () => {
  it.each([
    ['A.Test', '', 'a.test/'],
    ['a.test', '/api', 'a.test/api/'],
    ['a.test', '/api/', 'a.test/api/'],
  ])('%s%s is %s', (host, path, expected) => {
    expect(routeEntry(host, path)).toBe(expected);
  });
});

describe('routeProfile', () => {
  const profile = (annotations: Record<string, string>) => {
    const prefixed = Object.entries(annotations).map(([key, value]) => {
      return [`haproxy.router.openshift.io/${key}`, value];
    });
    return routeProfile(route({}, Object.fromEntries(prefixed)));
  };

  it('is that of OpenShift 4 without annotations, and where they say nothing', () => {
    const usual = { balance: 'random', cookies: true, timeoutServerMs: 30_000 };
    expect(profile({})).toEqual(usual);
    expect(profile({ balance: 'magic', timeout: 'soon', disable_cookies: 'no' })).toEqual(usual);
  });

  it('follows annotations', () => {
    expect(profile({ balance: 'leastconn', timeout: '5m', disable_cookies: 'true' })).toEqual({
      balance: 'leastconn',
      cookies: false,
      timeoutServerMs: 300_000,
    });
  });
});
