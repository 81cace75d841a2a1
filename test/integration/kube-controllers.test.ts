import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReplicationController } from '../../src/apis/core/v1/types.ts';
import {
  CONFIG_MAPS,
  ENDPOINT_SLICES,
  ENDPOINTS,
  EVENTS,
  NAMESPACES,
  PODS,
  REPLICATION_CONTROLLERS,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
} from '../../src/apis/resource-types.ts';
import type { Client } from '../../src/client/client.ts';
import { newEventRecorder } from '../../src/controller-kit/event-recorder.ts';
import type { LoggedLine } from '../../src/controller-kit/fake/harness.ts';
import { newInformers } from '../../src/controller-kit/informers.ts';
import { newManager } from '../../src/controller-kit/manager.ts';
import { systemClock } from '../../src/controller-kit/system-clock.ts';
import { kubeControllers } from '../../src/controllers/kube/index.ts';
import type { KubeObject, ResourceType } from '../../src/machinery/object.ts';
import { type KubeServer, startKubeServer } from '../../src/resources/kube/testing/kube-server.ts';
import { type FakeKubelet, startFakeKubelet } from './support/fake-kubelet.ts';

const LIMIT = { timeout: 60_000, interval: 20 };

let server: KubeServer;
let client: Client;
let kubelets: FakeKubelet[];
let controllers: { stop(): Promise<void> };
let problems: LoggedLine[];

function startControllers(): { stop(): Promise<void> } {
  const note = (level: LoggedLine['level']) => (fields: object, message: string) => {
    problems.push({ level, fields, message });
  };
  const log = { debug() {}, info() {}, warn: note('warn'), error: note('error') };
  const clock = systemClock;
  const informers = newInformers(client, { log, clock });
  const manager = newManager({ informers, clock, log });
  const recorderFor = (component: string) => newEventRecorder({ client, log, clock, component });
  const deps = {
    client,
    informers,
    clock,
    log,
    recorder: recorderFor('controllers'),
    recorderFor,
    quotaUsage: () => ({}),
    rootCaPem: 'PEM',
    issueToken: async ({ name }: { name: string }) => `token of ${name}`,
    signCertificate: async () => '',
  };
  for (const one of kubeControllers(deps)) manager.add(one);
  informers.start();
  manager.start();
  return {
    async stop() {
      await manager.stop();
      await informers.stop();
    },
  };
}

beforeEach(async () => {
  problems = [];
  server = await startKubeServer();
  client = server.client;
  kubelets = [await startFakeKubelet(client, 'n1', 0), await startFakeKubelet(client, 'n2', 1)];
  controllers = startControllers();
  await client.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop' },
  });
  await vi.waitFor(() => client.get(SERVICE_ACCOUNTS, ref('default')), LIMIT);
});

afterEach(async () => {
  await controllers.stop();
  await Promise.all(kubelets.map((one) => one.stop()));
  await server.close();
});

const ref = (name: string) => ({ namespace: 'shop', name });
const items = async <T extends KubeObject>(type: ResourceType<T>) =>
  (await client.list(type, { namespace: 'shop' })).items;

async function createWeb(replicas: number): Promise<void> {
  const container = { name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } };
  const rc: ReplicationController = {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: ref('web'),
    spec: {
      replicas,
      selector: { app: 'web' },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } },
    },
  };
  await client.create(REPLICATION_CONTROLLERS, rc);
  await client.create(SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: ref('web'),
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  });
}

async function expectReady(count: number): Promise<void> {
  await vi.waitFor(async () => {
    const { status } = await client.get(REPLICATION_CONTROLLERS, ref('web'));
    expect(status).toMatchObject({ replicas: count, readyReplicas: count });
    const { subsets = [] } = await client.get(ENDPOINTS, ref('web'));
    expect(subsets.flatMap((one) => one.addresses ?? [])).toHaveLength(count);
    const slices = await items(ENDPOINT_SLICES);
    const ready = slices
      .flatMap((one) => one.endpoints ?? [])
      .filter((one) => one.conditions?.ready);
    expect(ready).toHaveLength(count);
  }, LIMIT);
}

describe('the controllers of Kubernetes on the real API server', () => {
  it('give a namespace its account and authority, and a token secret its token', async () => {
    await vi.waitFor(async () => {
      const { data } = await client.get(CONFIG_MAPS, ref('kube-root-ca.crt'));
      expect(data).toEqual({ 'ca.crt': 'PEM' });
    }, LIMIT);
    const annotations = { 'kubernetes.io/service-account.name': 'default' };
    await client.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...ref('t'), annotations },
      type: 'kubernetes.io/service-account-token',
    });
    await vi.waitFor(async () => {
      const { data } = await client.get(SECRETS, ref('t'));
      expect(Buffer.from(data?.token ?? '', 'base64').toString()).toBe('token of default');
    }, LIMIT);
  });

  it('run, scale and heal a replicated service over two nodes', async () => {
    await createWeb(4);
    await expectReady(4);
    const nodes = (await items(PODS)).map((pod) => pod.spec?.nodeName);
    expect(nodes.sort()).toEqual(['n1', 'n1', 'n2', 'n2']);
    const [victim] = await items(PODS);
    await client.delete(PODS, ref(victim?.metadata.name ?? ''));
    await vi.waitFor(async () => {
      const names = (await items(PODS)).map((pod) => pod.metadata.name);
      expect(names).not.toContain(victim?.metadata.name);
    }, LIMIT);
    await expectReady(4);
    const scale = {
      type: 'application/merge-patch+json',
      body: { spec: { replicas: 1 } },
    } as const;
    await client.patch(REPLICATION_CONTROLLERS, ref('web'), scale);
    await expectReady(1);
    await vi.waitFor(async () => expect(await items(PODS)).toHaveLength(1), LIMIT);
    expect(problems).toEqual([]);
  });

  it('say in events what they do, and why a pod cannot be placed', async () => {
    await createWeb(1);
    const container = { name: 'c', image: 'i', resources: { requests: { cpu: '64' } } };
    await client.create(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: ref('huge'),
      spec: { containers: [container] },
    });
    await vi.waitFor(async () => {
      const lines = (await items(EVENTS)).map(
        (one) => `${one.source?.component} ${one.reason} ${one.message}`,
      );
      expect(lines).toContainEqual(
        expect.stringMatching(/^replication-controller SuccessfulCreate Created pod: web-/),
      );
      expect(lines).toContainEqual(
        expect.stringMatching(/^default-scheduler Scheduled Successfully assigned shop\/web-/),
      );
      expect(lines).toContain(
        'default-scheduler FailedScheduling 0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
      );
    }, LIMIT);
    const { status } = await client.get(PODS, ref('huge'));
    expect(status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }),
    );
  });

  it.each(['Background', 'Foreground'])('delete dependents: %s', async (propagationPolicy) => {
    await createWeb(2);
    await expectReady(2);
    await client.delete(REPLICATION_CONTROLLERS, ref('web'), { propagationPolicy });
    await vi.waitFor(async () => {
      expect(await items(PODS)).toEqual([]);
      expect(await items(REPLICATION_CONTROLLERS)).toEqual([]);
    }, LIMIT);
  });

  it('leave pods running that their controller orphans', async () => {
    await createWeb(2);
    await expectReady(2);
    await client.delete(REPLICATION_CONTROLLERS, ref('web'), { propagationPolicy: 'Orphan' });
    await vi.waitFor(async () => expect(await items(REPLICATION_CONTROLLERS)).toEqual([]), LIMIT);
    const pods = await items(PODS);
    expect(pods).toHaveLength(2);
    for (const { metadata } of pods) {
      expect(metadata.ownerReferences ?? []).toEqual([]);
      expect(metadata.deletionTimestamp).toBeUndefined();
    }
  });

  it('empty a namespace and let it go', async () => {
    await createWeb(2);
    await expectReady(2);
    await client.delete(NAMESPACES, { name: 'shop' });
    await vi.waitFor(async () => {
      const names = (await client.list(NAMESPACES)).items.map((one) => one.metadata.name);
      expect(names).not.toContain('shop');
    }, LIMIT);
    for (const type of [PODS, SERVICES, ENDPOINTS, ENDPOINT_SLICES, SECRETS, CONFIG_MAPS]) {
      expect(await items(type as ResourceType)).toEqual([]);
    }
  });

  it('go on where they were after a restart, without doing anything twice', async () => {
    await createWeb(3);
    await expectReady(3);
    const before = (await items(PODS)).map((pod) => pod.metadata.uid).sort();
    await controllers.stop();
    controllers = startControllers();
    await createWebElse('later');
    await vi.waitFor(async () => {
      const { status } = await client.get(REPLICATION_CONTROLLERS, ref('later'));
      expect(status?.readyReplicas).toBe(1);
    }, LIMIT);
    const after = (await items(PODS)).filter((pod) => pod.metadata.labels?.app === 'web');
    expect(after.map((pod) => pod.metadata.uid).sort()).toEqual(before);
  });
});

async function createWebElse(name: string): Promise<void> {
  const labels = { app: name };
  await client.create(REPLICATION_CONTROLLERS, {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: ref(name),
    spec: {
      replicas: 1,
      selector: labels,
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  });
}
