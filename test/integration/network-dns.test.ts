import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { createServer, type Server } from 'node:net';
import {
  type DecodedPacket,
  decode,
  encode,
  type Packet,
  type RecordType,
  streamDecode,
  streamEncode,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Namespace, Service } from '../../src/apis/core/v1/types.ts';
import type { EndpointSlice } from '../../src/apis/discovery.k8s.io/v1/types.ts';
import { ENDPOINT_SLICES, NAMESPACES, SERVICES } from '../../src/apis/resource-types.ts';
import { type Network, newNetwork } from '../../src/network/network.ts';
import { newTestApi } from './api-fixture.ts';
import { newTestLog, startTestPod, type TestPod, testNetwork } from './network-fixture.ts';

const api = newTestApi();
const resolver = new Resolver({ timeout: 2_000, tries: 1 });
let upstream: Upstream;
let network: Network;
let pod: TestPod;

beforeAll(async () => {
  upstream = await startUpstream();
  network = newNetwork({
    ...testNetwork,
    log: newTestLog(),
    informers: api.informers,
    upstreamResolvers: ['127.0.0.1:1', `127.0.0.1:${upstream.port}`],
  });
  await network.purge();
  fill();
  await network.start();
  for (const controller of network.controllers) {
    for (const key of ['p/web', 'openshift-dns/dns-default']) await controller.reconcile(key);
  }
  resolver.setServers([`10.199.0.1:${network.dnsPort}`]);
  pod = await startTestPod('client');
  await network.attach(pod, pod.pid);
});

afterAll(async () => {
  await pod?.stop();
  await network?.purge();
  upstream?.close();
});

describe('cluster DNS', () => {
  it('answers for services', async () => {
    expect(await resolver.resolve4('web.p.svc.cluster.local')).toEqual(['10.198.0.20']);
    expect(await resolver.resolveSrv('_http._tcp.web.p.svc.cluster.local')).toMatchObject([
      { name: 'web.p.svc.cluster.local', port: 80 },
    ]);
    expect(await resolver.reverse('10.198.0.20')).toEqual(['web.p.svc.cluster.local']);
  });

  it('says what does not exist, and what has no data', async () => {
    await expect(resolver.resolve4('nosuch.p.svc.cluster.local')).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
    await expect(resolver.resolve6('web.p.svc.cluster.local')).rejects.toMatchObject({
      code: 'ENODATA',
    });
  });

  it('answers pods at the service address, over UDP and TCP', async () => {
    const ask = `const { Resolver } = require('dns').promises; const r = new Resolver(); r.setServers(['10.198.0.10']); r.resolve4('web.p.svc.cluster.local').then((a) => console.log(a.join()))`;
    expect(await pod.exec(process.execPath, '-e', ask)).toBe('10.198.0.20\n');
    const query = streamEncode(question('A', 'web.p.svc.cluster.local'));
    const overTcp = `const s = require('net').connect(53, '10.198.0.10', () => s.write(Buffer.from('${query.toString('hex')}', 'hex'))); s.on('data', (d) => { console.log(d.toString('hex')); s.end(); })`;
    const reply = Buffer.from(await pod.exec(process.execPath, '-e', overTcp), 'hex');
    expect(streamDecode(reply).answers).toMatchObject([{ data: '10.198.0.20' }]);
  });
});

describe('other names', () => {
  it('are asked from the resolvers in turn, and kept for their time to live', async () => {
    expect(await resolver.resolve4('www.example.com')).toEqual(['192.0.2.80']);
    const before = upstream.asked();
    const query = encode(question('A', 'kept.example.com'));
    await askUdp(query);
    await askUdp(query);
    expect(upstream.asked()).toBe(before + 1);
  });

  it('are asked over TCP when the answer was cut', async () => {
    const answers = await resolver.resolve4('large.example.com');
    expect(answers).toHaveLength(100);
  });

  it('end an external name', async () => {
    expect(await resolver.resolve4('out.p.svc.cluster.local')).toEqual(['192.0.2.80']);
    expect(await resolver.resolveCname('out.p.svc.cluster.local')).toEqual(['www.example.com']);
  });

  it('fail when no resolver answers', async () => {
    const reply = decode(await askUdp(encode(question('A', 'silent.example.com'))));
    expect((reply as DecodedPacket & { rcode: string }).rcode).toBe('SERVFAIL');
  });

  it('do not stop the server when they are nonsense', async () => {
    const socket = createSocket('udp4');
    await new Promise((resolve) =>
      socket.send(Buffer.from('nonsense'), network.dnsPort ?? 0, '10.199.0.1', resolve),
    );
    socket.close();
    expect(await resolver.resolve4('web.p.svc.cluster.local')).toEqual(['10.198.0.20']);
  });
});

function fill(): void {
  for (const name of ['p', 'openshift-dns']) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    api.put(NAMESPACES, namespace as Namespace);
  }
  putService('p', 'web', { clusterIP: '10.198.0.20', ports: [{ name: 'http', port: 80 }] });
  putService('p', 'out', { type: 'ExternalName', externalName: 'www.example.com' });
  putService('openshift-dns', 'dns-default', {
    clusterIP: '10.198.0.10',
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
  });
  api.put(ENDPOINT_SLICES, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace: 'openshift-dns',
      name: 'dns-default-1',
      labels: { 'kubernetes.io/service-name': 'dns-default' },
    },
    addressType: 'IPv4',
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
    endpoints: [{ addresses: ['10.199.0.1'], conditions: { ready: true } }],
  } as EndpointSlice);
}

function putService(namespace: string, name: string, spec: Service['spec']): void {
  const metadata = { namespace, name };
  api.put(SERVICES, { apiVersion: 'v1', kind: 'Service', metadata, spec } as Service);
}

function question(type: RecordType, name: string): Packet {
  return { type: 'query', id: 7, flags: 0x100, questions: [{ type, name }] };
}

function askUdp(query: Buffer): Promise<Buffer> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('message', (message) => socket.close(() => resolve(message)));
    socket.send(query, network.dnsPort ?? 0, '10.199.0.1');
  });
}

interface Upstream {
  readonly port: number;
  asked(): number;
  close(): void;
}

/** A resolver that knows example.com: `large` is too large for UDP, `silent` is never answered. */
async function startUpstream(): Promise<Upstream> {
  const tcp: Server = createServer((socket) => {
    socket.on('data', (chunk) => socket.end(streamEncode(answer(chunk.subarray(2), 'tcp'))));
  });
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  const { port } = tcp.address() as { port: number };
  const udp: Socket = createSocket('udp4');
  let asked = 0;
  udp.on('message', (message, from) => {
    asked++;
    if (decode(message).questions?.[0]?.name.startsWith('silent')) return;
    udp.send(encode(answer(message, 'udp')), from.port, from.address);
  });
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
  return { port, asked: () => asked, close: () => void [tcp.close(), udp.close()] };
}

function answer(message: Buffer, over: 'udp' | 'tcp') {
  const query = decode(message);
  const [asked] = query.questions ?? [];
  const name = asked?.name ?? '';
  const large = name.startsWith('large');
  const count = large ? 100 : 1;
  const cut = large && over === 'udp';
  const answers = Array.from({ length: cut || asked?.type !== 'A' ? 0 : count }, (_, index) => ({
    type: 'A' as const,
    name,
    ttl: 60,
    data: `192.0.2.${80 + index}`,
  }));
  return {
    type: 'response' as const,
    id: query.id ?? 0,
    flags: cut ? TRUNCATED_RESPONSE : 0,
    questions: query.questions ?? [],
    answers,
  };
}
