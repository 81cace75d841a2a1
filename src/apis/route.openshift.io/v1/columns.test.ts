import { describe, expect, it } from 'vitest';
import { ROUTE_COLUMNS } from './columns.ts';
import type { Route, RouteIngress, RouteSpec } from './types.ts';

const now = new Date(0);

function cells(spec: Partial<RouteSpec>, ingress?: RouteIngress[]): string {
  const route: Route = {
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: { namespace: 'p', name: 'web' },
    spec: {
      host: 'web.example.com',
      to: { kind: 'Service', name: 'web', weight: 100 },
      wildcardPolicy: 'None',
      ...spec,
    },
    status: ingress === undefined ? {} : { ingress },
  };
  return ROUTE_COLUMNS.slice(1)
    .map((column) => column.cell(route, now))
    .join('|');
}

const admitted = (host: string): RouteIngress => ({
  host,
  conditions: [{ type: 'Admitted', status: 'True' }],
});
const rejected: RouteIngress = {
  host: 'web.example.com',
  conditions: [{ type: 'Admitted', status: 'False', reason: 'HostAlreadyClaimed' }],
};
const target = (name: string, weight: number) => ({ kind: 'Service', name, weight });

describe('columns of oc get routes', () => {
  it.each<[string, string, Partial<RouteSpec>, RouteIngress[] | undefined]>([
    ['a plain route', 'web.example.com||web|<all>||None', {}, undefined],
    [
      'a port',
      'web.example.com||web|8080-tcp||None',
      { port: { targetPort: '8080-tcp' } },
      undefined,
    ],
    ['a path', 'web.example.com|/api|web|<all>||None', { path: '/api' }, undefined],
    ['TLS', 'web.example.com||web|<all>|edge|None', { tls: { termination: 'edge' } }, undefined],
    [
      'a redirect to TLS',
      'web.example.com||web|<all>|edge/Redirect|None',
      { tls: { termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect' } },
      undefined,
    ],
    [
      'weights',
      'web.example.com||web(66%),next(33%)|<all>||None',
      { to: target('web', 20), alternateBackends: [target('next', 10)] },
      undefined,
    ],
    ['no weight', 'web.example.com||web(0%)|<all>||None', { to: target('web', 0) }, undefined],
    ['an admitted route', 'web.example.com||web|<all>||None', {}, [admitted('web.example.com')]],
    ['a rejected route', 'HostAlreadyClaimed||web|<all>||None', {}, [rejected]],
    [
      'two routers of which one rejects',
      'web.example.com ... 1 rejected||web|<all>||None',
      {},
      [admitted('web.example.com'), rejected],
    ],
    [
      'two routers',
      'web.example.com ... 1 more||web|<all>||None',
      {},
      [admitted('other.example.com'), admitted('web.example.com')],
    ],
    ['a route that no router looked at', 'Pending||web|<all>||None', {}, []],
  ])('%s', (_, expected, spec, ingress) => {
    expect(cells(spec, ingress)).toBe(expected);
  });
});
