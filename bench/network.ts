import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readlink } from 'node:fs/promises';
import { encode } from 'dns-packet';
import type { Service } from '../src/apis/core/v1/types.ts';
import type { EndpointSlice } from '../src/apis/discovery.k8s.io/v1/types.ts';
import type { Informer, Informers } from '../src/controller-kit/controller.ts';
import { SILENT } from '../src/controller-kit/silent-log.ts';
import { type KubeObject, objectKey } from '../src/machinery/object.ts';
import { newNetwork } from '../src/network/network.ts';
import { elapsedMs, median, type Result } from './load/figures.ts';

const SERVICES = 1000;

/** run measures pod links, service changes and names, beside whatever else runs on the machine. */
export async function run(): Promise<Result> {
  const api = newContent();
  const network = newNetwork({
    log: SILENT,
    informers: api.informers,
    podCidr: '10.197.0.0/24',
    serviceCidr: '10.196.0.0/16',
    dnsServiceIP: '10.196.0.10',
    dnsListen: { host: '127.0.0.1', port: 0 },
    gatewayInterface: 'spbench0',
    interfacePrefix: 'spbench',
    tableName: 'spbench',
  });
  await network.purge();
  await network.start();
  try {
    const links = await measureLinks(network);
    const services = await measureServices(network, api);
    const names = await measureNames(network.dnsPort ?? 0);
    return { name: 'network', rows: [...links, ...services, ...names] };
  } finally {
    await network.purge();
  }
}

type Network = ReturnType<typeof newNetwork>;

async function measureLinks(network: Network) {
  const sandboxes = await Promise.all(Array.from({ length: 50 }, startSandbox));
  const pod = (index: number) => ({ uid: `bench-${index}`, name: 'pod', namespace: 'bench' });
  const pid = (index: number) => sandboxes[index]?.pid ?? 0;
  try {
    const single: number[] = [];
    for (let index = 0; index < 20; index++) {
      single.push(await elapsedMs(() => network.attach(pod(index), pid(index))));
    }
    const rest = sandboxes.map((_, index) => index).slice(20);
    const parallel = await elapsedMs(() =>
      Promise.all(rest.map((index) => network.attach(pod(index), pid(index)))),
    );
    const again = await elapsedMs(() => network.attach(pod(0), pid(0)));
    const detach = await elapsedMs(() => network.detach(pod(0).uid));
    return [
      { work: 'attach a pod', value: median(single), unit: 'ms', goal: '< 30' },
      { work: 'attach 30 pods at once, each', value: parallel / rest.length, unit: 'ms' },
      { work: 'attach a pod again', value: again, unit: 'ms' },
      { work: 'detach a pod', value: detach, unit: 'ms' },
    ];
  } finally {
    for (const sandbox of sandboxes) sandbox.kill('SIGKILL');
  }
}

async function measureServices(network: Network, api: Content) {
  for (let index = 0; index < SERVICES; index++) api.publish(index, 2);
  const [controller] = network.controllers;
  const all = await elapsedMs(async () => controller?.reconcile('bench/s0'));
  const single: number[] = [];
  for (let round = 0; round < 20; round++) {
    api.publish(round, 3);
    single.push(await elapsedMs(async () => controller?.reconcile(`bench/s${round}`)));
  }
  return [
    { work: `${SERVICES} services of 2 endpoints, from nothing`, value: all, unit: 'ms' },
    { work: `change one of ${SERVICES} services`, value: median(single), unit: 'ms', goal: '< 20' },
  ];
}

async function measureNames(port: number) {
  const socket = createSocket('udp4');
  const query = encode({
    type: 'query',
    id: 1,
    flags: 0x100,
    questions: [{ type: 'A', name: 's1.bench.svc.cluster.local' }],
  });
  const count = 20_000;
  let answered = 0;
  const ms = await elapsedMs(
    () =>
      new Promise<void>((resolve) => {
        socket.on('message', () => {
          answered++;
          if (answered === count) resolve();
          else if (answered <= count - 64) socket.send(query, port, '127.0.0.1');
        });
        for (let first = 0; first < 64; first++) socket.send(query, port, '127.0.0.1');
      }),
  );
  socket.close();
  return [
    {
      work: 'cluster names per second (asker in the same thread)',
      value: (count / ms) * 1000,
      unit: '/s',
    },
  ];
}

async function startSandbox(): Promise<ChildProcess> {
  const child = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
  const own = await readlink('/proc/self/ns/net');
  while ((await readlink(`/proc/${child.pid}/ns/net`)) === own) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return child;
}

interface Content {
  readonly informers: Informers;
  publish(index: number, endpoints: number): void;
}

/** Informers over plain maps: what is measured is the host, not the API. */
function newContent(): Content {
  const collections = new Map<string, Map<string, KubeObject>>();
  const indexes = new Map<string, (object: KubeObject) => readonly string[]>();
  const byValue = new Map<string, Map<string, KubeObject>>();
  const objects = (resource: string) => {
    const present = collections.get(resource) ?? new Map<string, KubeObject>();
    collections.set(resource, present);
    return present;
  };
  const put = (resource: string, object: KubeObject) => {
    objects(resource).set(objectKey(object), object);
    for (const [id, values] of indexes) {
      if (!id.startsWith(`${resource} `)) continue;
      for (const value of values(object)) {
        const bucket = byValue.get(`${id} ${value}`) ?? new Map<string, KubeObject>();
        bucket.set(objectKey(object), object);
        byValue.set(`${id} ${value}`, bucket);
      }
    }
  };
  put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bench' } });
  const informer = (resource: string): Omit<Informer, 'type'> => ({
    get: (key) => objects(resource).get(key),
    list: () => [...objects(resource).values()],
    byIndex: (index, value) => [...(byValue.get(`${resource} ${index} ${value}`)?.values() ?? [])],
    addIndex: (index, values) => void indexes.set(`${resource} ${index}`, values),
    onChange: () => undefined,
    synced: async () => undefined,
  });
  return {
    informers: {
      informer: (type) => ({ ...informer(type.resource), type }) as never,
      forget: () => undefined,
    },
    publish(index, count) {
      put('services', serviceOf(index));
      put('endpointslices', sliceOf(index, count));
    },
  };
}

function serviceOf(index: number): Service {
  const clusterIP = `10.196.${1 + (index >> 8)}.${index & 255}`;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'bench', name: `s${index}` },
    spec: { clusterIP, ports: [{ port: 80, protocol: 'TCP' }] },
  };
}

function sliceOf(index: number, count: number): EndpointSlice {
  const labels = { 'kubernetes.io/service-name': `s${index}` };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace: 'bench', name: `s${index}-1`, labels },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: Array.from({ length: count }, (_, slot) => ({
      addresses: [`10.197.0.${2 + ((index * 3 + slot) % 250)}`],
      conditions: { ready: true },
    })),
  };
}
