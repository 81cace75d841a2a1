import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Service } from '../../../apis/core/v1/types.ts';
import { addressFor } from '../../../apis/networking.k8s.io/v1/service-address.ts';
import type { ServiceCIDR } from '../../../apis/networking.k8s.io/v1/types.ts';
import { IP_ADDRESSES, SERVICE_CIDRS, SERVICES } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newAddressRepairController } from './address-repair-controller.ts';
import { newServiceRangeController } from './service-range-controller.ts';

let harness: Harness;
beforeEach(() => {
  harness = newHarness('2030-01-01T00:00:00Z');
});
afterEach(() => harness.stop());

const service = (name: string, clusterIP: string, metadata = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'a', name, ...metadata },
  spec: { clusterIP, clusterIPs: [clusterIP] },
});

const range = (name: string, cidr: string, metadata = {}): ServiceCIDR => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name, ...metadata },
  spec: { cidrs: [cidr] },
});

const parents = () =>
  Object.fromEntries(
    harness.client
      .all(IP_ADDRESSES)
      .map(({ metadata, spec }) => [metadata.name, spec?.parentRef?.name]),
  );

describe('addresses of services', () => {
  const start = () => harness.start(newAddressRepairController(harness.deps));
  const orphan = (name: string, seconds: number) => {
    const object = addressFor(name, service('gone', name));
    const born = new Date(harness.clock.now().getTime() - seconds * 1000);
    object.metadata.creationTimestamp = born.toISOString().replace('.000', '');
    return object;
  };

  it('get the IPAddress that they lack', async () => {
    harness.client.add(SERVICE_CIDRS, range('kubernetes', '10.0.0.0/24'));
    harness.client.add(SERVICES, service('web', '10.0.0.5'), service('headless', 'None'));
    await start();
    expect(harness.client.all(IP_ADDRESSES)).toMatchObject([
      {
        metadata: {
          name: '10.0.0.5',
          labels: {
            'ipaddress.kubernetes.io/ip-family': 'IPv4',
            'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
          },
        },
        spec: { parentRef: { resource: 'services', namespace: 'a', name: 'web' } },
      },
    ]);
    expect(harness.events).toEqual([
      'Warning ClusterIPNotAllocated: Cluster IP [IPv4]: 10.0.0.5 is not allocated; repairing',
    ]);
    await harness.client.delete(IP_ADDRESSES, { name: '10.0.0.5' });
    await harness.settle();
    expect(parents()).toEqual({ '10.0.0.5': 'web' });
  });

  it('are left alone where all is well, and where no range has them', async () => {
    harness.client.add(SERVICE_CIDRS, range('kubernetes', '10.0.0.0/24'));
    const web = service('web', '10.0.0.5');
    harness.client.add(SERVICES, web, service('far', '10.9.0.5'));
    harness.client.add(IP_ADDRESSES, addressFor('10.0.0.5', web));
    const { resourceVersion } = await harness.client
      .get(IP_ADDRESSES, { name: '10.0.0.5' })
      .then(({ metadata }) => metadata);
    await start();
    const [only, ...more] = harness.client.all(IP_ADDRESSES);
    expect(only?.metadata.resourceVersion).toBe(resourceVersion);
    expect(more).toEqual([]);
    expect(harness.events).toEqual([
      'Warning ClusterIPOutOfRange: Cluster IP [IPv4]: 10.9.0.5 is not within any configured Service CIDR; please recreate service',
    ]);
  });

  it('get another IPAddress for one that names somebody else or has other labels', async () => {
    const [web, api] = [service('web', '10.0.0.5'), service('api', '10.0.0.6')];
    harness.client.add(SERVICES, web, api);
    const unlabelled = addressFor('10.0.0.6', api);
    unlabelled.metadata.labels = {};
    const foreign = addressFor('10.0.0.5', service('other', '10.0.0.5'));
    harness.client.add(IP_ADDRESSES, foreign, unlabelled);
    await start();
    expect(parents()).toEqual({ '10.0.0.5': 'web', '10.0.0.6': 'api' });
    const labels = harness.client.all(IP_ADDRESSES).map(({ metadata }) => metadata.labels);
    expect(labels).toEqual(
      [addressFor('10.0.0.5', web), addressFor('10.0.0.6', api)].map(
        ({ metadata }) => metadata.labels,
      ),
    );
  });

  it('that two services have are named in an event, and stay with the first', async () => {
    const web = service('web', '10.0.0.5');
    harness.client.add(SERVICES, web, service('twin', '10.0.0.5'));
    harness.client.add(IP_ADDRESSES, addressFor('10.0.0.5', web));
    await start();
    expect(parents()).toEqual({ '10.0.0.5': 'web' });
    expect(harness.events).toEqual([
      'Warning ClusterIPAlreadyAllocated: Cluster IP [IPv4]:10.0.0.5 was assigned to multiple services; please recreate service',
    ]);
  });

  it('without a service go after a minute, and those of others never', async () => {
    const foreign = addressFor('10.0.0.9', service('gone', '10.0.0.9'));
    foreign.metadata.labels = { 'ipaddress.kubernetes.io/managed-by': 'somebody' };
    harness.client.add(IP_ADDRESSES, orphan('10.0.0.7', 61), orphan('10.0.0.8', 1), foreign);
    await start();
    expect(Object.keys(parents())).toEqual(['10.0.0.8', '10.0.0.9']);
    await harness.advance(60_000);
    expect(Object.keys(parents())).toEqual(['10.0.0.9']);
  });

  it('whose service has another go', async () => {
    const born = { creationTimestamp: '2029-12-31T00:00:00Z' };
    harness.client.add(SERVICES, service('gone', '10.0.0.5', born));
    harness.client.add(IP_ADDRESSES, orphan('10.0.0.7', 61), orphan('10.0.0.8', 1));
    await start();
    expect(Object.keys(parents())).toEqual(['10.0.0.5', '10.0.0.8']);
    await harness.advance(5000);
    expect(Object.keys(parents())).toEqual(['10.0.0.5']);
  });
});

describe('ranges of services', () => {
  const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';
  const going = { finalizers: [FINALIZER], deletionTimestamp: '2030-01-01T00:00:00Z' };
  const start = () => harness.start(newServiceRangeController(harness.deps));
  const found = (name: string) =>
    harness.client.all(SERVICE_CIDRS).find(({ metadata }) => metadata.name === name);

  it('are protected and said to be ready', async () => {
    harness.client.add(SERVICE_CIDRS, range('more', '10.1.0.0/24'));
    await start();
    expect(found('more')).toMatchObject({
      metadata: { finalizers: [FINALIZER] },
      status: {
        conditions: [
          { type: 'Ready', status: 'True', message: 'Kubernetes Service CIDR is ready' },
        ],
      },
    });
  });

  it('stay while a service has an address that only they hold', async () => {
    harness.client.add(SERVICE_CIDRS, range('more', '10.1.0.0/24', going));
    harness.client.add(IP_ADDRESSES, addressFor('10.1.0.3', service('web', '10.1.0.3')));
    await start();
    await harness.advance(20_000);
    expect(found('more')?.metadata.finalizers).toEqual([FINALIZER]);
    expect(found('more')?.status?.conditions).toMatchObject([
      {
        type: 'Ready',
        status: 'False',
        reason: 'Terminating',
        message:
          'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
      },
    ]);
    await harness.client.delete(IP_ADDRESSES, { name: '10.1.0.3' });
    await harness.settle();
    expect(found('more')?.metadata.finalizers ?? []).toEqual([]);
  });

  it('go ten seconds after their delete where another holds all of it', async () => {
    harness.client.add(
      SERVICE_CIDRS,
      range('more', '10.1.0.0/24', going),
      range('larger', '10.1.0.0/16'),
    );
    harness.client.add(IP_ADDRESSES, addressFor('10.1.0.3', service('web', '10.1.0.3')));
    await start();
    expect(found('more')?.metadata.finalizers).toEqual([FINALIZER]);
    await harness.advance(10_000);
    expect(found('more')?.metadata.finalizers ?? []).toEqual([]);
  });
});
