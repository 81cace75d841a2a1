import { describe, expect, it } from 'vitest';
import type { Route, RouteSpec } from './types.ts';
import { validateRoute, validateRouteUpdate } from './validation.ts';

function route(spec: Partial<RouteSpec>, annotations: Record<string, string> = {}): Route {
  return {
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: { namespace: 'p', name: 'web', annotations },
    spec: { to: { kind: 'Service', name: 'web', weight: 100 }, ...spec },
  };
}

const texts = (subject: Route) => validateRoute(subject).map((one) => `${one.field}: ${one.body}`);
const header = (name: string, value: string) => ({
  httpHeaders: { actions: { request: [{ name, action: { type: 'Set', set: { value } } }] } },
});

describe('validateRoute', () => {
  it.each<[string, Partial<RouteSpec>]>([
    ['a host', { host: 'web.example.com' }],
    ['no host', {}],
    ['a path', { host: 'a.b', path: '/api' }],
    ['edge TLS', { tls: { termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect' } }],
    ['a header', header('X-Team', 'blue %[req.hdr(host),lower]')],
  ])('accepts %s', (_, spec) => {
    expect(texts(route(spec))).toEqual([]);
  });

  it('says of a bad host what OpenShift says', () => {
    expect(texts(route({ host: 'bad_host' }))).toEqual([
      'spec.host: Invalid value: "bad_host": host must conform to DNS 952 subdomain conventions',
      "spec.host: Invalid value: \"bad_host\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ]);
  });

  it('tolerates long labels where the annotation says so', () => {
    const spec = { host: `${'a'.repeat(70)}.example.com` };
    expect(texts(route(spec))).toHaveLength(1);
    const annotation = 'route.openshift.io/allow-non-dns-compliant-host';
    expect(texts(route(spec, { [annotation]: 'true' }))).toEqual([]);
  });

  it.each<[string, Partial<RouteSpec>]>([
    ['spec.path: Invalid value: "api": path must begin with /', { path: 'api' }],
    ['spec.to.name: Required value', { to: { kind: 'Service', name: '' } }],
    [
      'spec.to.kind: Invalid value: "Pod": must reference a Service',
      { to: { kind: 'Pod', name: 'a' } },
    ],
    [
      'spec.to.weight: Invalid value: 257: weight must be an integer between 0 and 256',
      { to: { kind: 'Service', name: 'a', weight: 257 } },
    ],
    ['spec.port.targetPort: Required value', { port: { targetPort: '' } }],
    [
      'spec.wildcardPolicy: Unsupported value: "All": supported values: "None", "Subdomain"',
      { wildcardPolicy: 'All' },
    ],
    [
      'spec.tls.termination: Unsupported value: "both": supported values: "edge", "passthrough", "reencrypt"',
      { tls: { termination: 'both' } },
    ],
    [
      'spec.tls.key: Invalid value: "redacted key data": passthrough termination does not support certificates',
      { tls: { termination: 'passthrough', key: 'secret' } },
    ],
    [
      'spec.httpHeaders.actions.request[0].name: Forbidden: the following headers may not be modified using this API: strict-transport-security, proxy, cookie, set-cookie',
      header('Cookie', 'a'),
    ],
  ])('says %s', (expected, spec) => {
    expect(texts(route(spec))).toEqual([expected]);
  });

  it('says of too many backends', () => {
    const alternateBackends = ['a', 'b', 'c', 'd'].map((name) => ({ kind: 'Service', name }));
    expect(texts(route({ alternateBackends }))).toEqual([
      'spec.alternateBackends: Required value: cannot specify more than 3 alternate backends',
    ]);
  });
});

describe('validateRouteUpdate', () => {
  it('keeps the wildcard policy', () => {
    const [error] = validateRouteUpdate(
      route({ wildcardPolicy: 'Subdomain' }),
      route({ wildcardPolicy: 'None' }),
    );
    expect(error).toMatchObject({ body: 'Invalid value: "Subdomain": field is immutable' });
  });
});
