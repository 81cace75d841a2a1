import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  DEPLOYMENTS,
  NAMESPACES,
  PODS,
  REPLICA_SETS,
  SERVICE_ACCOUNTS,
} from '../../src/apis/resource-types.ts';
import { newEventRecorder } from '../../src/controller-kit/event-recorder.ts';
import { newInformers } from '../../src/controller-kit/informers.ts';
import { newManager } from '../../src/controller-kit/manager.ts';
import { systemClock } from '../../src/controller-kit/system-clock.ts';
import { kubeControllers } from '../../src/controllers/kube/index.ts';
import { type FakeKubelet, startFakeKubelet } from './support/fake-kubelet.ts';
import { type KubeApiServer, startKubeApiServer } from './support/kube-api-server.ts';
import { findKubectls, findOc, runClient } from './support/kubectl.ts';

const LIMIT = { timeout: 60_000, interval: 50 };

let server: KubeApiServer;
let kubelet: FakeKubelet;
let stop: () => Promise<void>;
const problems: string[] = [];

beforeAll(async () => {
  server = await startKubeApiServer();
  const { client } = server.api;
  kubelet = await startFakeKubelet(client, 'n1', 0);
  const note = (_fields: object, message: string) => problems.push(message);
  const log = { debug() {}, info() {}, warn: note, error: note };
  const clock = systemClock;
  const informers = newInformers(client, { log, clock });
  const manager = newManager({ informers, clock, log });
  const recorderFor = (component: string) => newEventRecorder({ client, log, clock, component });
  const recorder = recorderFor('controllers');
  const rootCaPem = 'PEM';
  const issueToken = async () => 'token';
  const signCertificate = async () => '';
  const deps = {
    client,
    informers,
    clock,
    log,
    recorder,
    recorderFor,
    rootCaPem,
    issueToken,
    quotaUsage: () => ({}),
    signCertificate,
  };
  for (const one of kubeControllers(deps)) manager.add(one);
  informers.start();
  manager.start();
  stop = async () => {
    await manager.stop();
    await informers.stop();
  };
});

afterAll(async () => {
  await stop();
  await kubelet.stop();
  await server.close();
});

/** newNamespace makes one that pods can be created in. */
async function newNamespace(name: string): Promise<string> {
  const { client } = server.api;
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await vi.waitFor(() => client.get(SERVICE_ACCOUNTS, { namespace: name, name: 'default' }), LIMIT);
  return name;
}

const CLIENTS = [...findKubectls(), ...findOc()].map((program, index) => ({
  program,
  namespace: `shop-${index}`,
}));

describe.each(CLIENTS)('$program', ({ program, namespace }) => {
  const run = async (...args: string[]) => {
    const { kubeconfig } = server;
    const { stdout, stderr } = await runClient(program, ['-n', namespace, ...args], { kubeconfig });
    return stdout + stderr;
  };
  const rows = async (...args: string[]) => (await run(...args)).trimEnd().split('\n');
  const settled = () => run('rollout', 'status', 'deployment/web');

  beforeAll(() => newNamespace(namespace));

  it('creates a deployment and shows it with its replica set', async () => {
    expect(await run('create', 'deployment', 'web', '--image=web:1')).toBe(
      'deployment.apps/web created\n',
    );
    expect(await settled()).toContain('deployment "web" successfully rolled out\n');
    const [head = '', row = ''] = await rows('get', 'deploy', '-o', 'wide');
    expect(head).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR$/);
    expect(row).toMatch(/^web +1\/1 +1 +1 +\d+s +web +web:1 +app=web$/);
    const [setHead = '', set = ''] = await rows('get', 'rs', '-o', 'wide');
    expect(setHead).toMatch(/^NAME +DESIRED +CURRENT +READY +AGE +CONTAINERS +IMAGES +SELECTOR$/);
    expect(set).toMatch(/^web-(\w+) +1 +1 +1 +\d+s +web +web:1 +app=web,pod-template-hash=\1$/);
    const all = await run('get', 'all');
    expect(all).toContain('deployment.apps/web');
    expect(all).toContain('replicaset.apps/web-');
  });

  it('scales, rolls out, goes back and tells its history', async () => {
    expect(await run('scale', 'deployment/web', '--replicas=3')).toBe(
      'deployment.apps/web scaled\n',
    );
    await settled();
    expect(await run('set', 'image', 'deployment/web', 'web=web:2')).toBe(
      'deployment.apps/web image updated\n',
    );
    expect(await settled()).toContain('successfully rolled out');
    expect(await run('rollout', 'history', 'deployment/web')).toMatch(
      /^deployment\.apps\/web ?\nREVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>\n/,
    );
    expect(await run('rollout', 'undo', 'deployment/web')).toBe(
      'deployment.apps/web rolled back\n',
    );
    await settled();
    const { spec, metadata } = await server.api.client.get(DEPLOYMENTS, { namespace, name: 'web' });
    expect(spec?.template.spec?.containers[0]?.image).toBe('web:1');
    expect(metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
    expect(await run('rollout', 'restart', 'deployment/web')).toContain('restarted\n');
    expect(await settled()).toContain('successfully rolled out');
    const description = await run('describe', 'deployment', 'web');
    expect(description).toMatch(/Available +True +MinimumReplicasAvailable\n/);
    expect(description).toMatch(/Progressing +True +NewReplicaSetAvailable\n/);
    expect(description).toMatch(/NewReplicaSet: +web-\w+ \(3\/3 replicas created\)\n/);
    expect(description).toMatch(
      /ScalingReplicaSet .*deployment-controller +Scaled up replica set web-\w+ from 0 to 1\n/,
    );
  });

  it('rolls nothing out while paused', async () => {
    await run('rollout', 'pause', 'deployment/web');
    await run('set', 'image', 'deployment/web', 'web=web:9');
    expect(await run('scale', 'deployment/web', '--replicas=2')).toContain('scaled');
    await vi.waitFor(async () => {
      const { status } = await server.api.client.get(DEPLOYMENTS, { namespace, name: 'web' });
      expect(status).toMatchObject({ replicas: 2, readyReplicas: 2 });
    }, LIMIT);
    const { items } = await server.api.client.list(PODS, { namespace });
    expect(items.map((pod) => pod.spec?.containers[0]?.image)).toEqual(['web:1', 'web:1']);
    await run('rollout', 'resume', 'deployment/web');
    expect(await settled()).toContain('successfully rolled out');
  });

  it('refuses what cannot be changed or makes no sense', async () => {
    const patch = (spec: object) => run('patch', 'deploy', 'web', '-p', JSON.stringify({ spec }));
    expect(await patch({ selector: { matchLabels: { x: 'y' } } })).toContain(
      `* spec.selector: Invalid value: {"matchLabels":{"app":"web","x":"y"}}: field is immutable`,
    );
    const none = { maxSurge: 0, maxUnavailable: 0 };
    expect(await patch({ strategy: { rollingUpdate: none } })).toContain(
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    );
    expect(await patch({ strategy: { type: 'Recreate' } })).toContain(
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    );
    expect(await patch({ minReadySeconds: 600 })).toContain(
      'spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds',
    );
  });

  it('goes with its replica sets and pods', async () => {
    expect(await run('delete', 'deployment', 'web')).toMatch(/^deployment\.apps "web" deleted/);
    await vi.waitFor(async () => {
      const { client } = server.api;
      expect((await client.list(REPLICA_SETS, { namespace })).items).toEqual([]);
      expect((await client.list(PODS, { namespace })).items).toEqual([]);
    }, LIMIT);
    expect(problems).toEqual([]);
  });
});
