import { describe, expect, it } from 'vitest';
import {
  loadBalancerClassErrors,
  validateLoadBalancer,
  validateServiceStatus,
} from './load-balancer-validation.ts';
import type { Service, ServiceSpec } from './types.ts';

const service = (spec: ServiceSpec, more: Partial<Service> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec,
  ...more,
});
const shown = (errors: readonly { field: string; body: string }[]) =>
  errors.map((one) => `${one.field}: ${one.body}`);

describe('validateLoadBalancer', () => {
  it.each<[ServiceSpec, string[]]>([
    [
      { type: 'LoadBalancer', loadBalancerClass: 'a/b', loadBalancerSourceRanges: ['10.0.0.0/8'] },
      [],
    ],
    [
      { type: 'ClusterIP', loadBalancerClass: 'a/b' },
      ["spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"],
    ],
    [
      { type: 'ClusterIP', healthCheckNodePort: 30000 },
      [
        "spec.healthCheckNodePort: Invalid value: 30000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ],
    ],
    [
      { type: 'LoadBalancer', loadBalancerSourceRanges: ['x'] },
      [
        'spec.LoadBalancerSourceRanges[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
    ],
  ])('%j', (spec, errors) => {
    expect(shown(validateLoadBalancer(service(spec)))).toEqual(errors);
  });

  it('keeps the class while there is a load balancer', () => {
    const old: ServiceSpec = { type: 'LoadBalancer' };
    expect(loadBalancerClassErrors({ ...old, loadBalancerClass: 'x' }, old)).toHaveLength(1);
    expect(loadBalancerClassErrors({ type: 'ClusterIP' }, old)).toEqual([]);
  });

  it('checks the addresses that a load balancer reports', () => {
    const status = { loadBalancer: { ingress: [{ ip: '1.2.3.4', ipMode: 'x' }, { ip: 'y' }] } };
    const fields = (type: string) =>
      validateServiceStatus(service({ type }, { status })).map((one) => one.field);
    expect(fields('LoadBalancer')).toEqual([
      'status.loadBalancer.ingress[0].ipMode',
      'status.loadBalancer.ingress[1].ip',
    ]);
    expect(fields('ClusterIP')).toEqual(['status.loadBalancer.ingress']);
  });
});
