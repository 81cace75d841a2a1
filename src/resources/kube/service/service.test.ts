import { afterEach, describe, expect, it } from 'vitest';
import type { Service, ServiceSpec } from '../../../apis/core/v1/types.ts';
import { ENDPOINTS, SERVICES } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { type KubeServer, startKubeServer } from '../testing/kube-server.ts';

const OPTIONS = { serviceCidr: '172.30.0.0/26', nodePortRange: { first: 30_000, last: 30_009 } };

let server: KubeServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(): Promise<Client> {
  server = await startKubeServer(OPTIONS);
  return server.client;
}

function service(name: string, spec: ServiceSpec = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { ports: [{ port: 80 }], ...spec },
  };
}

const ref = (name: string) => ({ namespace: 'default', name });

describe('services', () => {
  it('take their endpoints with them, whoever made those', async () => {
    const client = await start();
    for (const name of ['web', 'other']) {
      await client.create(SERVICES, service(name));
      await client.create(ENDPOINTS, {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name, namespace: 'default' },
      });
    }
    await client.delete(SERVICES, ref('web'));
    const { items } = await client.list(ENDPOINTS, { namespace: 'default' });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['other']);
  });

  it('get defaults, an address and a status', async () => {
    const client = await start();
    const { spec, status } = await client.create(
      SERVICES,
      service('web', { selector: { a: 'b' } }),
    );
    expect(spec).toMatchObject({
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    });
    expect(spec?.clusterIP).toMatch(/^172\.30\.0\.\d+$/);
    expect(spec?.clusterIPs).toEqual([spec?.clusterIP]);
    expect(status).toEqual({ loadBalancer: {} });
  });

  it('never get the same address at once, nor a reserved one', async () => {
    const client = await start();
    const names = Array.from({ length: 60 }, (_, index) => `s${index}`);
    const made = await Promise.all(names.map((name) => client.create(SERVICES, service(name))));
    const addresses = made.map(({ spec }) => spec?.clusterIP ?? '');
    expect(new Set(addresses).size).toBe(60);
    for (const reserved of ['172.30.0.0', '172.30.0.1', '172.30.0.10', '172.30.0.63'])
      expect(addresses).not.toContain(reserved);
    await expect(client.create(SERVICES, service('more'))).rejects.toMatchObject({
      message: 'Internal error occurred: failed to allocate a serviceIP: range is full',
    });
    await client.delete(SERVICES, ref('s0'));
    const { spec } = await client.create(SERVICES, service('more'));
    expect(spec?.clusterIP).toBe(addresses[0]);
  });

  it('get the address that they ask for, once', async () => {
    const client = await start();
    const wanted = service('api', { clusterIP: '172.30.0.1' });
    expect((await client.create(SERVICES, wanted)).spec?.clusterIP).toBe('172.30.0.1');
    await expect(
      client.create(SERVICES, service('other', { clusterIP: '172.30.0.1' })),
    ).rejects.toMatchObject({
      code: 422,
      message:
        'Service "other" is invalid: spec.clusterIPs: Invalid value: ["172.30.0.1"]: failed to allocate IP 172.30.0.1: provided IP is already allocated',
    });
    await expect(
      client.create(SERVICES, service('far', { clusterIP: '10.0.0.1' })),
    ).rejects.toMatchObject({
      message: expect.stringContaining('the provided network does not match the current range'),
    });
  });

  it('have a port for questions of health while a load balancer sends to local pods only', async () => {
    const client = await start();
    const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local' } as const;
    const made = await client.create(SERVICES, service('lb', spec));
    const port = made.spec?.healthCheckNodePort ?? 0;
    expect(port).toBeGreaterThanOrEqual(30_000);
    const taken = service('other', { ...spec, healthCheckNodePort: port });
    await expect(client.create(SERVICES, taken)).rejects.toMatchObject({
      code: 422,
      message: expect.stringContaining(
        `failed to allocate requested HealthCheck NodePort ${port}: provided port is already allocated`,
      ),
    });
    const without = structuredClone(made);
    delete without.spec?.healthCheckNodePort;
    const kept = await client.update(SERVICES, without);
    expect(kept.spec?.healthCheckNodePort).toBe(port);
    const other = { ...kept, spec: { ...kept.spec, healthCheckNodePort: port + 1 } };
    await expect(client.update(SERVICES, other)).rejects.toMatchObject({
      message: expect.stringContaining('spec.healthCheckNodePort: Forbidden: field is immutable'),
    });
    const everywhere = { ...kept, spec: { ...kept.spec, externalTrafficPolicy: 'Cluster' } };
    const dropped = await client.update(SERVICES, everywhere);
    expect(dropped.spec?.healthCheckNodePort).toBeUndefined();
  });

  it('share a node port between protocols, but do not take one twice', async () => {
    const client = await start();
    const ports = (protocol: string, port: number) => [
      { name: 'a', port: 80, nodePort: 30_005 },
      { name: 'b', port, nodePort: 30_005, protocol },
    ];
    const twice = service('twice', { type: 'NodePort', ports: ports('UDP', 81) });
    await expect(client.create(SERVICES, twice)).rejects.toMatchObject({
      message:
        'Service "twice" is invalid: spec.ports[1].nodePort: Invalid value: 30005: provided port is already allocated',
    });
    const shared = await client.create(
      SERVICES,
      service('shared', { type: 'NodePort', ports: ports('UDP', 80) }),
    );
    expect(shared.spec?.ports?.map(({ nodePort }) => nodePort)).toEqual([30_005, 30_005]);
    const any = ports('UDP', 80).map(({ nodePort: _, ...port }) => port);
    const { spec } = await client.create(
      SERVICES,
      service('any', { type: 'NodePort', ports: any }),
    );
    expect(spec?.ports?.[0]?.nodePort).toBe(spec?.ports?.[1]?.nodePort);
  });

  it('keep what they have after a restart', async () => {
    const client = await start();
    const { spec } = await client.create(SERVICES, service('web', { type: 'NodePort' }));
    const again = await startKubeServer(OPTIONS, server?.store);
    const clash = service('clash', { clusterIP: spec?.clusterIP ?? '' });
    await expect(again.client.create(SERVICES, clash)).rejects.toMatchObject({ code: 422 });
    const ports = [{ port: 80, nodePort: spec?.ports?.[0]?.nodePort ?? 0 }];
    const sameDoor = service('door', { type: 'NodePort', ports });
    await expect(again.client.create(SERVICES, sameDoor)).rejects.toMatchObject({
      message: expect.stringContaining('spec.ports[0].nodePort'),
    });
    await again.server.close();
  });

  it('give back what a create took that failed', async () => {
    const client = await start();
    await client.create(SERVICES, service('web'));
    for (let attempt = 0; attempt < 80; attempt += 1)
      await expect(client.create(SERVICES, service('web'))).rejects.toMatchObject({ code: 409 });
    for (let attempt = 0; attempt < 80; attempt += 1)
      await client.create(SERVICES, service('dry'), { dryRun: true });
    await expect(client.create(SERVICES, service('next'))).resolves.toBeDefined();
  });

  it('keep address and node port through an update that does not name them', async () => {
    const client = await start();
    const made = await client.create(SERVICES, service('web', { type: 'NodePort' }));
    const plain = service('web', { type: 'NodePort', sessionAffinity: 'ClientIP' });
    const updated = await client.update(SERVICES, plain);
    expect(updated.spec?.clusterIP).toBe(made.spec?.clusterIP);
    expect(updated.spec?.ports?.[0]?.nodePort).toBe(made.spec?.ports?.[0]?.nodePort);
    const moved = structuredClone(updated);
    moved.spec = { ...moved.spec, clusterIP: '172.30.0.10', clusterIPs: ['172.30.0.10'] };
    await expect(client.update(SERVICES, moved)).rejects.toMatchObject({
      message: expect.stringContaining('may not change once set'),
    });
  });

  it('free their node port when they become internal', async () => {
    const client = await start();
    const made = await client.create(SERVICES, service('web', { type: 'NodePort' }));
    const nodePort = made.spec?.ports?.[0]?.nodePort ?? 0;
    const patch = {
      type: 'application/merge-patch+json',
      body: { spec: { type: 'ClusterIP', ports: made.spec?.ports } },
    } as const;
    const internal = await client.patch(SERVICES, ref('web'), patch);
    expect(internal.spec?.ports?.[0]?.nodePort).toBeUndefined();
    const next = service('next', { type: 'NodePort', ports: [{ port: 80, nodePort }] });
    await expect(client.create(SERVICES, next)).resolves.toBeDefined();
  });

  it.each<[ServiceSpec, string]>([
    [{ ports: [] }, 'spec.ports: Required value'],
    [{ ports: [{ port: 0 }] }, 'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535'],
    [{ ports: [{ port: 80 }, { port: 81 }] }, 'spec.ports[0].name: Required value'],
    [{ type: 'Nope' }, 'spec.type: Unsupported value: "Nope"'],
    [{ type: 'ExternalName' }, 'spec.externalName: Required value'],
    [{ clusterIP: 'None', type: 'NodePort' }, "may not be set to 'None' for NodePort services"],
  ])('%j is refused', async (spec, message) => {
    const client = await start();
    await expect(client.create(SERVICES, service('web', spec))).rejects.toMatchObject({
      code: 422,
      message: expect.stringContaining(message),
    });
  });
});
