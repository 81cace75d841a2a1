import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pod, Service, ServiceSpec } from '../../../apis/core/v1/types.ts';
import { ENDPOINT_SLICES, ENDPOINTS, PODS, SERVICES } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newEndpointSliceController } from './endpoint-slice-controller.ts';
import { newEndpointsController } from './endpoints-controller.ts';
import { newSliceMirroringController } from './slice-mirroring-controller.ts';

const REF = { namespace: 'a', name: 'web' };

function serviceOf(spec: Partial<ServiceSpec> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...REF, uid: 'svc-uid', labels: { app: 'web' } },
    spec: {
      clusterIP: '172.30.0.5',
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, targetPort: 8080 }],
      ...spec,
    },
  };
}

interface PodFacts {
  readonly ready?: boolean;
  readonly phase?: string;
  readonly terminating?: boolean;
  readonly portName?: string;
  readonly spec?: object;
}

function podOf(name: string, podIP: string, facts: PodFacts = {}): Pod {
  const { ready = true, phase = 'Running', terminating, portName = 'web', spec } = facts;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'a',
      name,
      uid: `uid-${name}`,
      labels: { app: 'web' },
      ...(terminating ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'c', image: 'i', ports: [{ name: portName, containerPort: 9090 }] }],
      ...spec,
    },
    status: {
      phase,
      podIP,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  };
}

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

async function run(service: Service, ...pods: Pod[]): Promise<void> {
  harness.client.add(SERVICES, service);
  harness.client.add(PODS, ...pods);
  await harness.start(
    newEndpointsController(harness.deps),
    newEndpointSliceController(harness.deps),
    newSliceMirroringController(harness.deps),
  );
}

const subsets = () => harness.client.find(ENDPOINTS, REF)?.subsets;
const slices = () => harness.client.all(ENDPOINT_SLICES);
const shown = () =>
  slices()
    .flatMap((slice) => slice.endpoints ?? [])
    .map(({ addresses, conditions }) => {
      const { ready, serving, terminating } = conditions ?? {};
      return `${addresses[0]} ${ready} ${serving} ${terminating}`;
    })
    .sort();

describe('endpoints of a service with a selector', () => {
  it('show ready and not ready pods apart, with node and target', async () => {
    await run(serviceOf(), podOf('b', '10.0.0.2', { ready: false }), podOf('a', '10.0.0.1'));
    const target = (name: string) => ({ kind: 'Pod', namespace: 'a', name, uid: `uid-${name}` });
    expect(subsets()).toEqual([
      {
        addresses: [{ ip: '10.0.0.1', nodeName: 'n1', targetRef: target('a') }],
        notReadyAddresses: [{ ip: '10.0.0.2', nodeName: 'n1', targetRef: target('b') }],
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ]);
    expect(shown()).toEqual(['10.0.0.1 true true false', '10.0.0.2 false false false']);
    const [slice] = slices();
    expect(slice).toMatchObject({
      addressType: 'IPv4',
      metadata: {
        labels: {
          app: 'web',
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [{ kind: 'Service', name: 'web', uid: 'svc-uid', controller: true }],
      },
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    });
  });

  it('leave out pods that have ended or have no address, and show those that are going', async () => {
    await run(
      serviceOf(),
      podOf('done', '10.0.0.1', { phase: 'Succeeded' }),
      podOf('new', ''),
      podOf('going', '10.0.0.3', { terminating: true }),
    );
    expect(subsets()).toBeUndefined();
    expect(shown()).toEqual(['10.0.0.3 false true true']);
  });

  it('follow pods as they come, get ready, change labels and go', async () => {
    await run(serviceOf(), podOf('a', '10.0.0.1', { ready: false }));
    harness.client.add(PODS, podOf('a', '10.0.0.1'));
    await harness.settle();
    expect(shown()).toEqual(['10.0.0.1 true true false']);
    const other = podOf('a', '10.0.0.1');
    harness.client.add(PODS, { ...other, metadata: { ...other.metadata, labels: { app: 'x' } } });
    await harness.settle();
    expect(subsets()).toBeUndefined();
    expect(shown()).toEqual([]);
    expect(slices()).toHaveLength(1);
  });

  it('group pods by what a named target port is in them', async () => {
    const spec = { ports: [{ name: 'http', port: 80, targetPort: 'web' }] };
    await run(
      serviceOf(spec),
      podOf('a', '10.0.0.1'),
      podOf('b', '10.0.0.2', { portName: 'other' }),
    );
    expect(subsets()).toMatchObject([
      { addresses: [{ ip: '10.0.0.1' }], ports: [{ name: 'http', port: 9090 }] },
    ]);
    expect(shown()).toEqual(['10.0.0.1 true true false']);
  });

  it('publish addresses that are not ready when the service says so', async () => {
    await run(
      serviceOf({ publishNotReadyAddresses: true }),
      podOf('a', '10.0.0.1', { ready: false }),
      podOf('b', '10.0.0.2', { terminating: true }),
    );
    expect(subsets()?.[0]?.addresses?.map((one) => one.ip)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(shown()).toEqual(['10.0.0.1 true false false', '10.0.0.2 true true true']);
  });

  it('of a headless service need no ports and carry hostnames', async () => {
    const { ports: _, ...spec } = serviceOf().spec ?? {};
    const headless = { ...serviceOf(), spec: { ...spec, clusterIP: 'None' } };
    await run(headless, podOf('a', '10.0.0.1', { spec: { hostname: 'h', subdomain: 'web' } }));
    expect(subsets()).toMatchObject([{ addresses: [{ ip: '10.0.0.1', hostname: 'h' }] }]);
    expect(slices()[0]?.endpoints?.[0]?.hostname).toBe('h');
    expect(slices()[0]?.metadata.labels).toMatchObject({ 'service.kubernetes.io/headless': '' });
  });

  it('fill slices of 100 and take a slice away when it is empty', async () => {
    const pods = Array.from({ length: 250 }, (_, i) => podOf(`p${i}`, `10.0.${i >> 8}.${i & 255}`));
    await run(serviceOf(), ...pods);
    const sizes = () => slices().map((slice) => slice.endpoints?.length);
    expect(sizes().sort()).toEqual([100, 100, 50]);
    const writes = harness.client.actions.length;
    harness.client.add(PODS, podOf('p0', '10.0.0.0', { ready: false }));
    await harness.settle();
    const touched = harness.client.actions
      .slice(writes)
      .filter((one) => one.resource === 'endpointslices');
    expect(touched.map((one) => one.verb)).toEqual(['update']);
    for (let i = 30; i < 250; i += 1)
      harness.client.remove(PODS, { namespace: 'a', name: `p${i}` });
    await harness.settle();
    expect(shown()).toHaveLength(30);
    expect(sizes().every((size) => size !== 0)).toBe(true);
  });

  it('settle without writing anything twice', async () => {
    await run(serviceOf(), podOf('a', '10.0.0.1'));
    await harness.advance(60_000);
    expect(harness.client.writes()).toEqual([
      'create endpoints a/web',
      expect.stringMatching(/^create endpointslices a\/web-/),
    ]);
  });

  it('go with the service', async () => {
    await run(serviceOf(), podOf('a', '10.0.0.1'));
    harness.client.remove(SERVICES, REF);
    await harness.settle();
    expect(harness.client.all(ENDPOINTS)).toEqual([]);
  });
});

describe('endpoints without a service', () => {
  const alone = (labels: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...REF, labels },
  });

  it('stay when somebody made them, and go when this controller did', async () => {
    await harness.client.create(ENDPOINTS, alone({}));
    await run({ ...serviceOf(), metadata: { ...REF, name: 'other' } });
    expect(harness.client.find(ENDPOINTS, REF)).toBeDefined();
    const made = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };
    await harness.client.update(ENDPOINTS, alone(made));
    await harness.settle();
    expect(harness.client.find(ENDPOINTS, REF)).toBeUndefined();
  });
});

describe('endpoints of a service without a selector', () => {
  it('belong to the user, and are mirrored in slices', async () => {
    const { selector: _, ...spec } = serviceOf().spec ?? {};
    harness.client.add(ENDPOINTS, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: REF,
      subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ name: 'http', port: 6443 }] }],
    });
    await run({ ...serviceOf(), spec }, podOf('a', '10.0.0.1'));
    expect(subsets()).toMatchObject([{ addresses: [{ ip: '192.0.2.1' }] }]);
    expect(shown()).toEqual(['192.0.2.1 true true false']);
    harness.client.remove(ENDPOINTS, REF);
    await harness.settle();
    expect(slices()).toEqual([]);
  });
});
