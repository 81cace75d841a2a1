import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Container, Pod, PodSpec } from '../../../src/apis/core/v1/types.ts';
import { PODS } from '../../../src/apis/resource-types.ts';
import { type FakeClient, newFakeClient } from '../../../src/client/fake/fake-client.ts';
import type { EventRecorder, Logger } from '../../../src/controller-kit/controller.ts';
import { newInformers, type RunningInformers } from '../../../src/controller-kit/informers.ts';
import { systemClock } from '../../../src/controller-kit/system-clock.ts';
import { newDockerEngine } from '../../../src/engine/docker/docker-engine.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { isNotFound } from '../../../src/machinery/status-error.ts';
import { type NodeAgent, newNodeAgent } from '../../../src/node/agent.ts';
import type { PodNetwork } from '../../../src/node/pod-network.ts';
import { hostRootfs } from './host-rootfs.ts';

const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => {
    if (process.env.SAMPAN_TEST_LOG) console.error(message, fields);
  },
  error: (fields, message) => console.error(message, fields),
};

/** addressesOnly is a pod network that hands out addresses and connects nothing. */
function addressesOnly(): PodNetwork {
  const known = new Map<string, string>();
  return {
    attach: async ({ uid }) => {
      const podIP = known.get(uid) ?? `10.199.0.${known.size + 2}`;
      known.set(uid, podIP);
      return { podIP, hostIP: '10.199.0.1' };
    },
    detach: async (uid) => void known.delete(uid),
    dns: { servers: ['172.30.0.10'], clusterDomain: 'cluster.local' },
  };
}

/** NodeBed is a node agent on the real engine with an API in memory. */
export interface NodeBed {
  readonly client: FakeClient;
  readonly engine: Engine;
  readonly owner: string;
  readonly image: string;
  readonly events: string[];
  readonly dataDirectory: string;
  agent(): NodeAgent;
  /** restart stops the agent and starts another one, as a restart of the process does. */
  restart(): Promise<void>;
  create(name: string, spec: Partial<PodSpec> | Partial<Container>): Promise<Pod>;
  get(name: string): Promise<Pod | undefined>;
  until(name: string, condition: (pod: Pod) => boolean): Promise<Pod>;
  untilGone(name: string): Promise<void>;
  remove(name: string, graceSeconds?: number): Promise<void>;
  close(): Promise<void>;
}

function isPodSpec(spec: Partial<PodSpec> | Partial<Container>): spec is Partial<PodSpec> {
  return 'containers' in spec;
}

/** newNodeBed starts one; close it after the tests. */
export async function newNodeBed(
  prefix: string,
  options: { readonly podNetwork?: PodNetwork; readonly socketPath?: string } = {},
): Promise<NodeBed> {
  const { podNetwork = addressesOnly(), socketPath } = options;
  const owner = `${prefix}-${process.pid}`;
  const image = `${owner}:1`;
  const engine = newDockerEngine(socketPath === undefined ? {} : { socketPath });
  const client = newFakeClient();
  const events: string[] = [];
  const dataDirectory = await mkdtemp(join(tmpdir(), `${prefix}-`));
  await engine.importImage(image, hostRootfs(), ['CMD ["/bin/sh"]']);
  const recorder: EventRecorder = {
    event: (_object, type, reason, message) => events.push(`${type} ${reason} ${message}`),
  };
  let informers: RunningInformers;
  let agent: NodeAgent;

  async function start(): Promise<void> {
    informers = newInformers(client, { log: SILENT });
    agent = newNodeAgent({
      client,
      informers,
      engine,
      podNetwork,
      nodeName: 'node-1',
      nodeAddress: '192.0.2.1',
      dataDirectory,
      owner,
      clock: systemClock,
      log: SILENT,
      recorder,
    });
    informers.start();
    await agent.start();
  }

  async function stop(): Promise<void> {
    await agent.stop();
    await informers.stop();
  }

  async function get(name: string): Promise<Pod | undefined> {
    try {
      return await client.get(PODS, { namespace: 'test', name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async function until(name: string, condition: (pod: Pod) => boolean): Promise<Pod> {
    for (;;) {
      const pod = await get(name);
      if (pod !== undefined && condition(pod)) return pod;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  await start();
  return {
    client,
    engine,
    owner,
    image,
    events,
    dataDirectory,
    agent: () => agent,
    get,
    until,
    async restart() {
      await stop();
      await start();
    },
    create(name, spec) {
      const containers = [{ name: 'main', image, ...spec }];
      const whole = isPodSpec(spec) ? spec : { containers };
      return client.create(PODS, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'test' },
        spec: { nodeName: 'node-1', restartPolicy: 'Always', containers, ...whole },
      });
    },
    async untilGone(name) {
      while ((await get(name)) !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async remove(name, graceSeconds = 1) {
      await client.delete(PODS, { namespace: 'test', name }, { gracePeriodSeconds: graceSeconds });
    },
    async close() {
      await stop();
      const rows = await engine.listContainers({ 'io.sampan.owner': owner });
      await Promise.all(rows.map(({ id }) => engine.removeContainer(id)));
      for (const one of await engine.listImages({ 'io.sampan.owner': owner })) {
        await engine.removeImage(one.id, { force: true });
      }
      await engine.removeImage(image, { force: true });
      await engine.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** textOf reads the bytes of an answer to its end. */
export async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of bytes) text += Buffer.from(chunk).toString('utf8');
  return text;
}
