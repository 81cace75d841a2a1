import { describe, expect, it } from 'vitest';
import type { Route, RouteSpec } from '../../apis/route.openshift.io/v1/types.ts';
import { claimHosts } from './host-claims.ts';

function route(key: string, age: number, spec: Partial<RouteSpec> = {}): Route {
  const [namespace = '', name = ''] = key.split('/');
  return {
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: { namespace, name, uid: key, creationTimestamp: `2026-01-01T00:00:0${age}Z` },
    spec: { host: 'a.test', to: { kind: 'Service', name }, ...spec },
  };
}

function decide(...routes: Route[]): Record<string, string> {
  const claims = claimHosts(routes, 'apps.test');
  return Object.fromEntries(
    [...claims].map(([key, claim]) => {
      return [key, claim.admitted ? claim.host : `${claim.reason}: ${claim.message}`];
    }),
  );
}

describe('claimHosts', () => {
  it('gives a host to the oldest route, whatever the order', () => {
    const expected = {
      'p/old': 'a.test',
      'p/new': 'HostAlreadyClaimed: route old already exposes a.test and is older',
    };
    expect(decide(route('p/new', 2), route('p/old', 1))).toEqual(expected);
    expect(decide(route('p/old', 1), route('p/new', 2))).toEqual(expected);
  });

  it('lets one namespace use a host with several paths, and no other', () => {
    expect(
      decide(
        route('p/root', 1),
        route('p/api', 3, { path: '/api' }),
        route('q/other', 2, { path: '/other' }),
      ),
    ).toEqual({
      'p/root': 'a.test',
      'p/api': 'a.test',
      'q/other':
        'HostAlreadyClaimed: a route in another namespace holds a.test and is older than other',
    });
  });

  it('takes the path / for no path', () => {
    expect(decide(route('p/a', 1), route('p/b', 2, { path: '/' }))).toMatchObject({
      'p/b': 'HostAlreadyClaimed: route a already exposes a.test and is older',
    });
  });

  it('makes a host from a subdomain, and refuses what has neither', () => {
    expect(
      decide(
        route('p/sub', 1, { host: '', subdomain: 'shop' }),
        route('p/none', 1, { host: '' }),
        route('p/wild', 1, { host: 'w.test', wildcardPolicy: 'Subdomain' }),
      ),
    ).toEqual({
      'p/sub': 'shop.apps.test',
      'p/none': 'NoHostValue: no host value was defined for the route',
      'p/wild': 'RouteNotAdmitted: wildcard routes are not allowed',
    });
  });
});
