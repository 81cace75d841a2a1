import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Service, ServiceSpec } from '../../src/apis/core/v1/types.ts';
import type { Endpoint, EndpointSlice } from '../../src/apis/discovery.k8s.io/v1/types.ts';
import { ENDPOINT_SLICES, SERVICES } from '../../src/apis/resource-types.ts';
import { type Network, newNetwork } from '../../src/network/network.ts';
import { newTestApi } from './api-fixture.ts';
import {
  command,
  curl,
  newTestLog,
  startTestPod,
  type TestPod,
  testNetwork,
} from './network-fixture.ts';

const VIP = '10.198.0.20';
const api = newTestApi();
const log = newTestLog();
let network: Network;
let pods: readonly TestPod[];
let addresses: readonly string[];
let client: TestPod;

beforeAll(async () => {
  network = newNetwork({ ...testNetwork, log, informers: api.informers });
  await network.purge();
  await network.start();
  pods = await Promise.all(['a', 'b', 'c'].map(startTestPod));
  client = await startTestPod('client');
  addresses = await Promise.all(
    pods.map(async (pod) => (await network.attach(pod, pod.pid)).podIP),
  );
  await network.attach(client, client.pid);
  await Promise.all(pods.map((pod) => pod.serve(8080, pod.name)));
  await Promise.all(pods.map((pod) => pod.serveUdp(5353, pod.name)));
});

afterAll(async () => {
  await Promise.all([...(pods ?? []), client].map((pod) => pod?.stop()));
  await network?.purge();
});

beforeEach(async () => {
  await publish({}, [0, 1, 2]);
});

afterEach(() => {
  // A replaced table is a repair: changes must not need one.
  expect(log.warnings).toEqual([]);
});

describe('a service address', () => {
  it('spreads connections over the ready pods, from a pod and from the host', async () => {
    expect(await answers(() => fetchFromPod(client))).toEqual(new Set(['a', 'b', 'c']));
    expect(await answers(() => curl(`http://${VIP}`))).toEqual(new Set(['a', 'b', 'c']));
  });

  it('leaves a pod out as soon as it is not ready, and takes it back', async () => {
    await publish({}, [0, 2]);
    expect(await answers(() => fetchFromPod(client))).toEqual(new Set(['a', 'c']));
    await publish({}, [0, 1, 2]);
    expect(await answers(() => fetchFromPod(client))).toEqual(new Set(['a', 'b', 'c']));
  });

  it('is refused, not timed out, without ready pods', async () => {
    await publish({}, []);
    await expect(fetchFromPod(client)).rejects.toMatchObject({ code: 7 });
    await expect(curl(`http://${VIP}`)).rejects.toMatchObject({ code: 7 });
  });

  it('lets a pod reach itself', async () => {
    await publish({}, [1]);
    expect(await fetchFromPod(pods[1] as TestPod)).toBe('b');
  });

  it('carries UDP', async () => {
    await publish({ ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] }, [0, 1, 2], {
      name: 'dns',
      port: 5353,
    });
    expect(await answers(() => askUdp(VIP, 53))).toEqual(new Set(['a', 'b', 'c']));
  });

  it('keeps a client on its pod with affinity, while others come and go', async () => {
    const affinity = {
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
    };
    await publish(affinity, [0, 1, 2]);
    const [chosen] = await answers(() => fetchFromPod(client));
    expect(await answers(() => fetchFromPod(client))).toEqual(new Set([chosen]));
    const slot = pods.findIndex((pod) => pod.name === chosen);
    await publish(affinity, slot === 2 ? [0, 1, 2] : [0, 1]);
    expect(await answers(() => fetchFromPod(client))).toEqual(new Set([chosen]));
    await publish(
      affinity,
      [0, 1, 2].filter((one) => one !== slot),
    );
    const [next] = await answers(() => fetchFromPod(client));
    expect(next).not.toBe(chosen);
  });

  it('is forwarded to the host where the host itself is the endpoint', async () => {
    const server = createServer((_, answer) => answer.end('host'));
    await new Promise<void>((resolve) => server.listen(18443, '10.199.0.1', resolve));
    await publishAddresses({}, ['10.199.0.1'], { name: '', port: 18443 });
    expect(await fetchFromPod(client)).toBe('host');
    expect(await curl(`http://${VIP}`)).toBe('host');
    server.close();
  });
});

describe('a node port', () => {
  it('reaches the ready pods by any address of the host', async () => {
    await publish({ type: 'NodePort', ports: [{ port: 80, nodePort: 31980 }] }, [0, 1]);
    const [own] = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one?.family === 'IPv4' && !one.internal && !/^10\.19/.test(one.address));
    expect(await answers(() => curl(`http://${own?.address}:31980`))).toEqual(new Set(['a', 'b']));
    expect(await answers(() => client.exec('curl', '-sS', 'http://10.199.0.1:31980'))).toEqual(
      new Set(['a', 'b']),
    );
  });
});

describe('the table', () => {
  it('comes back with all elements when somebody removed it', async () => {
    await command('nft', 'delete', 'table', 'ip', 'sptest');
    await publish({}, [0, 1]);
    expect(log.warnings.splice(0)).toEqual([
      'the service table differs from what it should be: replacing it',
    ]);
    expect(await answers(() => curl(`http://${VIP}`))).toEqual(new Set(['a', 'b']));
  });

  it('is taken over after a restart without what is gone', async () => {
    await network.stop();
    network = newNetwork({ ...testNetwork, log, informers: api.informers });
    await network.start();
    expect(await answers(() => curl(`http://${VIP}`))).toEqual(new Set(['a', 'b', 'c']));
    api.remove(SERVICES, 'p/web');
    await settle();
    await expect(curl(`http://${VIP}`)).rejects.toMatchObject({ code: 7 });
  });

  it('is empty again when the service is deleted', async () => {
    api.remove(SERVICES, 'p/web');
    await settle();
    const table = await command('nft', 'list', 'table', 'ip', 'sptest');
    expect(table).not.toContain(VIP);
    expect(table).not.toContain(addresses[0]);
  });
});

function settle(): Promise<unknown> {
  return Promise.all(network.controllers.map((controller) => controller.reconcile('p/web')));
}

async function publish(
  spec: Partial<ServiceSpec>,
  ready: readonly number[],
  port = { name: '', port: 8080 },
): Promise<void> {
  const chosen = ready.map((index) => addresses[index] ?? '');
  await publishAddresses(spec, chosen, port);
}

async function publishAddresses(
  spec: Partial<ServiceSpec>,
  ready: readonly string[],
  port: { name: string; port: number },
): Promise<void> {
  const endpoints: Endpoint[] = ready.map((address) => ({
    addresses: [address],
    conditions: { ready: true },
  }));
  api.put(SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'p', name: 'web' },
    spec: { clusterIP: VIP, ports: [{ port: 80 }], ...spec },
  } as Service);
  api.put(ENDPOINT_SLICES, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace: 'p',
      name: 'web-1',
      labels: { 'kubernetes.io/service-name': 'web' },
    },
    addressType: 'IPv4',
    ports: [port],
    endpoints,
  } as EndpointSlice);
  await settle();
}

function fetchFromPod(pod: TestPod): Promise<string> {
  return pod.exec('curl', '-sS', '--max-time', '5', `http://${VIP}`);
}

async function answers(ask: () => Promise<string>): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let round = 0; round < 30; round++) seen.add(await ask());
  return seen;
}

function askUdp(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => socket.close(() => reject(new Error('no answer'))), 2_000);
    socket.once('message', (message) => {
      clearTimeout(timer);
      socket.close(() => resolve(message.toString()));
    });
    socket.send('?', port, host);
  });
}
