import { describe, expect, it } from 'vitest';
import type { Service, ServiceSpec } from '../../apis/core/v1/types.ts';
import type { Endpoint, EndpointSlice } from '../../apis/discovery.k8s.io/v1/types.ts';
import { assignSlots, EMPTY_PLAN, planService } from './service-plan.ts';

function service(spec: Partial<ServiceSpec> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'p', name: 'web' },
    spec: { clusterIP: '172.30.0.7', ports: [{ port: 80, protocol: 'TCP' }], ...spec },
  } as Service;
}

function slice(endpoints: readonly Endpoint[], port = 8080, name = ''): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace: 'p', name: 'web-1' },
    addressType: 'IPv4',
    ports: [{ name, port, protocol: 'TCP' }],
    endpoints: [...endpoints],
  };
}

const ready = (address: string): Endpoint => ({
  addresses: [address],
  conditions: { ready: true },
});
const starting = (address: string): Endpoint => ({
  addresses: [address],
  conditions: { ready: false, serving: false, terminating: false },
});
const leaving = (address: string): Endpoint => ({
  addresses: [address],
  conditions: { ready: false, serving: true, terminating: true },
});

const texts = (plan: ReturnType<typeof planService>) =>
  plan.elements.map((one) => [one.map, one.key, one.value].filter(Boolean).join(' | '));

describe('planService', () => {
  it('spreads over ready endpoints only', () => {
    const plan = planService(service(), [
      slice([ready('10.128.0.5'), starting('10.128.0.6'), ready('10.128.0.7')]),
    ]);
    expect(texts(plan)).toEqual([
      'services | 172.30.0.7 . tcp . 80 | goto service_2',
      'service_endpoints | 172.30.0.7 . tcp . 80 . 1 | 10.128.0.5 . 8080',
      'service_endpoints | 172.30.0.7 . tcp . 80 . 2 | 10.128.0.7 . 8080',
      'hairpin | 10.128.0.5 . 10.128.0.5',
      'hairpin | 10.128.0.7 . 10.128.0.7',
    ]);
  });

  it('keeps to endpoints that still serve while nothing else is ready', () => {
    const plan = planService(service(), [slice([starting('10.128.0.5'), leaving('10.128.0.6')])]);
    expect(texts(plan)[1]).toContain('10.128.0.6 . 8080');
    expect(plan.chains).toEqual([{ scope: 'service', endpoints: 1, affinitySeconds: undefined }]);
  });

  it.each([
    ['without endpoints', service(), []],
    ['whose endpoints are not ready', service(), [slice([starting('10.128.0.5')])]],
    ['that is headless', service({ clusterIP: 'None' }), [slice([ready('10.128.0.5')])]],
    ['of type ExternalName', service({ type: 'ExternalName' }), [slice([ready('10.128.0.5')])]],
  ])('has no elements for a service %s', (_, subject, slices) => {
    expect(planService(subject, slices).elements).toEqual([]);
  });

  it('finds the endpoints of each port by its name', () => {
    const subject = service({
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    });
    const plan = planService(subject, [
      slice([ready('10.128.0.1')], 5353, 'dns'),
      slice([ready('10.128.0.2')], 5354, 'dns-tcp'),
    ]);
    expect(texts(plan)).toContain(
      'service_endpoints | 172.30.0.7 . udp . 53 . 1 | 10.128.0.1 . 5353',
    );
    expect(texts(plan)).toContain(
      'service_endpoints | 172.30.0.7 . tcp . 53 . 1 | 10.128.0.2 . 5354',
    );
  });

  it('serves node ports and client affinity from their own maps', () => {
    const subject = service({
      type: 'NodePort',
      ports: [{ port: 80, nodePort: 30080 }],
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
    });
    expect(texts(planService(subject, [slice([ready('10.128.0.5')])]))).toEqual([
      'services | 172.30.0.7 . tcp . 80 | goto service_1_keep_60',
      'service_endpoints | 172.30.0.7 . tcp . 80 . 1 | 10.128.0.5 . 8080',
      'hairpin | 10.128.0.5 . 10.128.0.5',
      'node_ports | tcp . 30080 | goto node_1_keep_60',
      'node_endpoints | tcp . 30080 . 1 | 10.128.0.5 . 8080',
    ]);
  });

  it('keeps the slots of endpoints that stay', () => {
    const before = planService(service(), [
      slice(['5', '6', '7'].map((n) => ready(`10.128.0.${n}`))),
    ]);
    const after = planService(
      service(),
      [slice(['6', '7', '4'].map((n) => ready(`10.128.0.${n}`)))],
      before,
    );
    expect(after.slots.get('')).toEqual([
      '10.128.0.4 . 8080',
      '10.128.0.6 . 8080',
      '10.128.0.7 . 8080',
    ]);
    expect(EMPTY_PLAN.elements).toEqual([]);
  });
});

describe('assignSlots', () => {
  it.each([
    ['fills from nothing', [], ['a', 'b'], ['a', 'b']],
    ['appends', ['a'], ['a', 'b'], ['a', 'b']],
    ['puts a new one where one went', ['a', 'b', 'c'], ['a', 'c', 'd'], ['a', 'd', 'c']],
    ['moves the last where one went', ['a', 'b', 'c'], ['b', 'c'], ['c', 'b']],
    ['shrinks at the end', ['a', 'b', 'c'], ['a', 'b'], ['a', 'b']],
    ['empties', ['a', 'b'], [], []],
    ['keeps one of many', ['a', 'b', 'c', 'd'], ['b'], ['b']],
  ])('%s', (_, previous, wanted, expected) => {
    expect(assignSlots(previous, wanted)).toEqual(expected);
  });
});
