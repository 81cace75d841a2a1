import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Service, ServiceSpec } from '../../../apis/core/v1/types.ts';
import type { IPAddress, ServiceCIDR } from '../../../apis/networking.k8s.io/v1/types.ts';
import { IP_ADDRESSES, SERVICE_CIDRS, SERVICES } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { type KubeServer, startKubeServer } from '../testing/kube-server.ts';

let server: KubeServer;
let client: Client;

beforeEach(async () => {
  server = await startKubeServer({ serviceCidr: '172.30.0.0/28' });
  client = server.client;
});

afterEach(() => server.close());

const service = (name: string, spec: ServiceSpec = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { ports: [{ port: 80 }], ...spec },
});

const ref = (name: string) => ({ namespace: 'default', name });

const foreign = (name: string): IPAddress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: { name },
  spec: { parentRef: { group: 'example.com', resource: 'gateways', namespace: 'a', name: 'b' } },
});

const range = (name: string, cidr: string): ServiceCIDR => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name },
  spec: { cidrs: [cidr] },
});

async function addresses(): Promise<string[]> {
  const { items } = await client.list(IP_ADDRESSES);
  return items.map(({ metadata }) => metadata.name ?? '');
}

const create = async (name: string, spec: ServiceSpec = {}) =>
  (await client.create(SERVICES, service(name, spec))).spec?.clusterIP ?? '';

it('each has an IPAddress that names its service, until it goes', async () => {
  const address = await create('web');
  expect(await client.get(IP_ADDRESSES, { name: address })).toMatchObject({
    metadata: {
      labels: {
        'ipaddress.kubernetes.io/ip-family': 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web' } },
  });
  await create('headless', { clusterIP: 'None' });
  expect(await addresses()).toEqual([address]);
  await client.delete(SERVICES, ref('web'));
  expect(await addresses()).toEqual([]);
});

it('leaves no IPAddress of a create that failed, or was a dry run', async () => {
  await expect(create('bad', { ports: [{ port: -1 }] })).rejects.toMatchObject({ code: 422 });
  const tried = await client.create(SERVICES, service('dry'), { dryRun: true });
  expect(tried.spec?.clusterIPs).toEqual(['172.30.0.0']);
  expect(await addresses()).toEqual([]);
});

it('goes with the type of its service, and another comes', async () => {
  const first = await create('web');
  const patch = (spec: object) =>
    client.patch(SERVICES, ref('web'), {
      type: 'application/merge-patch+json',
      body: { spec },
    });
  await patch({ type: 'ExternalName', externalName: 'a.b', clusterIP: '', clusterIPs: null });
  expect(await addresses()).toEqual([]);
  const back = await patch({ type: 'ClusterIP', externalName: null });
  expect(await addresses()).toEqual([back.spec?.clusterIP]);
  expect(first).not.toBe('');
});

it('is never one that has an IPAddress of somebody else', async () => {
  await client.create(IP_ADDRESSES, foreign('172.30.0.5'));
  await expect(create('api', { clusterIP: '172.30.0.5' })).rejects.toMatchObject({
    message: expect.stringContaining(
      'failed to allocate IP 172.30.0.5: provided IP is already allocated',
    ),
  });
  // Of 14 addresses two are reserved and one is somebody else's.
  const names = Array.from({ length: 11 }, (_, index) => `s${index}`);
  const given = await Promise.all(names.map((name) => create(name)));
  expect(new Set(given).size).toBe(11);
  expect(given).not.toContain('172.30.0.5');
  await expect(create('more')).rejects.toMatchObject({
    message: 'Internal error occurred: failed to allocate a serviceIP: range is full',
  });
  await client.delete(IP_ADDRESSES, { name: '172.30.0.5' });
  expect(await create('more')).toBe('172.30.0.5');
});

it('may be of the range of a ServiceCIDR that is ready', async () => {
  await client.create(SERVICE_CIDRS, range('more', '10.99.0.0/30'));
  expect(await create('asked', { clusterIP: '10.99.0.1' })).toBe('10.99.0.1');
  await expect(create('again', { clusterIP: '10.99.0.1' })).rejects.toMatchObject({
    message: expect.stringContaining('provided IP is already allocated'),
  });
  await expect(create('broadcast', { clusterIP: '10.99.0.3' })).rejects.toMatchObject({
    message: expect.stringContaining('the provided network does not match the current range'),
  });
  const names = Array.from({ length: 12 }, (_, index) => `s${index}`);
  for (const name of names) await create(name);
  expect(await create('overflow')).toBe('10.99.0.2');
  await client.delete(SERVICES, ref('overflow'));
  expect(await addresses()).not.toContain('10.99.0.2');
  const notReady = {
    type: 'Ready',
    status: 'False',
    reason: 'R',
    message: 'M',
    lastTransitionTime: '2030-01-01T00:00:00Z',
  };
  await client.patch(
    SERVICE_CIDRS,
    { name: 'more' },
    { type: 'application/merge-patch+json', body: { status: { conditions: [notReady] } } },
    { subresource: 'status' },
  );
  await expect(create('late', { clusterIP: '10.99.0.2' })).rejects.toMatchObject({ code: 422 });
});

it('of a dry run is checked against the range of the cluster only', async () => {
  const address = await create('web');
  const dry = (clusterIP: string) =>
    client.create(SERVICES, service('dry', { clusterIP }), { dryRun: true });
  expect((await dry(address)).spec?.clusterIP).toBe(address);
  await expect(dry('1.2.3.4')).rejects.toMatchObject({
    message: expect.stringContaining(
      'the provided IP (1.2.3.4) is not in the valid range. The range of valid IPs is 172.30.0.0/28',
    ),
  });
  const ports = await client.create(SERVICES, service('dry', { type: 'NodePort' }), {
    dryRun: true,
  });
  expect(ports.spec?.ports?.[0]?.nodePort).toBe(32_769);
});
