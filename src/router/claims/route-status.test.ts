import { describe, expect, it } from 'vitest';
import type { Route, RouteIngress } from '../../apis/route.openshift.io/v1/types.ts';
import type { Claim } from './host-claims.ts';
import { claimedIngress } from './route-status.ts';

const router = { name: 'default', canonicalHostname: 'router-default.apps.test' };
const admitted: Claim = { admitted: true, host: 'a.test' };
const rejected: Claim = { admitted: false, host: 'a.test', reason: 'No', message: 'not now' };
const early = new Date('2026-01-01T00:00:00.123Z');
const late = new Date('2026-01-01T01:00:00Z');

function route(ingress?: RouteIngress[]): Route {
  return {
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: { namespace: 'p', name: 'a' },
    spec: { host: 'a.test', to: { kind: 'Service', name: 'a' }, wildcardPolicy: 'None' },
    status: ingress === undefined ? {} : { ingress },
  };
}

describe('claimedIngress', () => {
  it('signs an admitted route', () => {
    expect(claimedIngress(route(), admitted, router, early)).toEqual([
      {
        conditions: [
          { type: 'Admitted', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' },
        ],
        host: 'a.test',
        routerCanonicalHostname: 'router-default.apps.test',
        routerName: 'default',
        wildcardPolicy: 'None',
      },
    ]);
  });

  it('writes nothing that is there already', () => {
    const ingress = claimedIngress(route(), admitted, router, early);
    expect(claimedIngress(route(ingress), admitted, router, late)).toBeUndefined();
  });

  it('changes the time with the status only, and leaves other routers alone', () => {
    const other: RouteIngress = { routerName: 'other', host: 'a.test' };
    const first = claimedIngress(route([other]), rejected, router, early);
    const again = claimedIngress(route(first), { ...rejected, message: 'never' }, router, late);
    expect(again?.[0]).toEqual(other);
    expect(again?.[1]?.conditions).toMatchObject([
      { status: 'False', message: 'never', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ]);
    const then = claimedIngress(route(again), admitted, router, late);
    expect(then?.[1]?.conditions).toEqual([
      { type: 'Admitted', status: 'True', lastTransitionTime: '2026-01-01T01:00:00Z' },
    ]);
  });
});
