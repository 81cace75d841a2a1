import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pod } from '../apis/core/v1/types.ts';
import { PODS } from '../apis/resource-types.ts';
import { newFakeClient } from '../client/fake/fake-client.ts';
import { newInformers, type RunningInformers } from '../controller-kit/informers.ts';
import { SILENT } from '../controller-kit/silent-log.ts';
import { systemClock } from '../controller-kit/system-clock.ts';
import { EngineError } from '../engine/engine.ts';
import { type FakeEngine, newFakeEngine } from '../engine/fake/fake-engine.ts';
import { writeTar } from '../engine/fake/fake-images.ts';
import { type NodeAgent, newNodeAgent } from './agent.ts';

/** Addresses that are remembered as long as a pod has one. */
function newAddresses() {
  const known = new Map<string, string>();
  return {
    known,
    attach: async ({ uid }: { uid: string }) => {
      known.set(uid, known.get(uid) ?? `10.0.0.${known.size + 2}`);
      return { podIP: known.get(uid) ?? '', hostIP: '10.0.0.1' };
    },
    detach: async (uid: string) => void known.delete(uid),
    dns: { servers: ['172.30.0.10'], clusterDomain: 'cluster.local' },
  };
}

describe('the node agent', () => {
  let engine: FakeEngine;
  let directory: string;
  let agent: NodeAgent;
  let informers: RunningInformers;
  let client: ReturnType<typeof newFakeClient>;
  let network: ReturnType<typeof newAddresses>;

  async function start(): Promise<void> {
    informers = newInformers(client, { log: SILENT });
    agent = newNodeAgent({
      client,
      informers,
      engine,
      podNetwork: network,
      nodeName: 'n1',
      nodeAddress: '192.0.2.1',
      dataDirectory: directory,
      clock: systemClock,
      log: SILENT,
      recorder: { event: () => {} },
      sandboxNetwork: 'none',
    });
    informers.start();
    await agent.start();
  }

  async function stop(): Promise<void> {
    await agent.stop();
    await informers.stop();
  }

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'node-agent-'));
    client = newFakeClient();
    engine = newFakeEngine();
    network = newAddresses();
    await engine.importImage('app:1', Readable.from(writeTar([])), ['CMD ["sleep", "1000"]']);
    await start();
  });
  afterEach(async () => {
    await stop();
    await rm(directory, { recursive: true, force: true });
  });

  const create = (name: string, restartPolicy = 'Always') =>
    client.create(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'test' },
      spec: { nodeName: 'n1', restartPolicy, containers: [{ name: 'main', image: 'app:1' }] },
    });

  async function until(name: string, condition: (pod: Pod) => boolean): Promise<Pod> {
    let pod: Pod | undefined;
    await expect
      .poll(
        async () => {
          pod = await client.get(PODS, { namespace: 'test', name });
          return condition(pod);
        },
        { interval: 5 },
      )
      .toBe(true);
    if (pod === undefined) throw new Error('no pod');
    return pod;
  }
  const isRunning = ({ status }: Pod): boolean =>
    status?.containerStatuses?.[0]?.state?.running !== undefined;

  it('starts every container again after the engine was restarted, at the same address', async () => {
    await create('web');
    const before = await until('web', isRunning);
    engine.restartDaemon();
    const after = await until(
      'web',
      (pod) => isRunning(pod) && pod.status?.containerStatuses?.[0]?.restartCount === 1,
    );
    expect(after.status?.podIP).toBe(before.status?.podIP);
    const sandboxes = engine
      .containers()
      .filter((one) => one.config.labels?.['io.sampan.role'] === 'sandbox');
    expect(sandboxes.map((one) => one.state().status).sort()).toEqual(['exited', 'running']);
  });

  it('leaves a pod failed that is not to be restarted when the engine was', async () => {
    await create('once', 'Never');
    await until('once', isRunning);
    engine.restartDaemon();
    await until('once', ({ status }) => status?.phase === 'Failed');
  });

  it('goes on where another agent was stopped between any two steps', async () => {
    await create('web');
    for (let turn = 0; turn < 12; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, turn % 4));
      await stop();
      await start();
    }
    const pod = await until('web', isRunning);
    expect(pod.status?.containerStatuses?.[0]?.restartCount).toBe(0);
    const running = engine.containers().filter((one) => one.state().status === 'running');
    expect(running).toHaveLength(2);
  });

  it('tries again what the engine refused', async () => {
    engine.failNext('createContainer', new EngineError(500, 'no space left on device'));
    await create('web');
    await until('web', isRunning);
  });

  it('leaves alone what is not its own', async () => {
    const id = await engine.createContainer('other', {
      image: 'app:1',
      labels: { 'io.sampan.owner': 'another', 'io.kubernetes.pod.uid': 'x' },
    });
    await engine.startContainer(id);
    await create('web');
    await until('web', isRunning);
    await client.delete(PODS, { namespace: 'test', name: 'web' }, { gracePeriodSeconds: 1 });
    await expect.poll(() => client.all(PODS)).toEqual([]);
    expect(engine.container('other').state().status).toBe('running');
    expect(network.known.size).toBe(0);
  });
});
