import { networkInterfaces } from 'node:os';
import { PODS } from '../apis/resource-types.ts';
import type { ApiBody } from '../client/transport.ts';
import type { NodeAgentOptions } from './agent-options.ts';
import { readOomFloor } from './container/oom-floor.ts';
import { newImagePuller } from './images/image-puller.ts';
import type { AgentParts } from './pod/agent-parts.ts';
import { ObjectSources } from './pod/object-sources.ts';
import { PodWorkers } from './pod/pod-workers.ts';
import { allocatableOf, type NodeFacts, readMachine } from './registration/node-object.ts';
import { Registration } from './registration/registration.ts';
import { ensurePauseImage } from './sandbox/pause-image.ts';
import type { ConnectCall } from './streaming/connect-call.ts';
import { serveConnect } from './streaming/serve-connect.ts';
import { ServiceAccountTokens } from './volumes/service-account-tokens.ts';

const DEFAULT_OWNER = 'sampan';

/** NodeAgent runs the pods that are bound to one node. */
export interface NodeAgent {
  /** start registers the node, adopts what runs and resolves when pods are being watched. */
  start(): Promise<void>;
  /** stop ends the agent and leaves all containers running. */
  stop(): Promise<void>;
  /**
   * connect serves the paths of kubelet's server: `/containerLogs`, `/exec`, `/attach` and
   * `/portForward`. It answers undefined when it has taken over the caller's connection.
   */
  connect(path: string, call: ConnectCall): Promise<ApiBody | undefined>;
}

function firstAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const usable = all.find(({ family, internal }) => family === 'IPv4' && !internal);
  return usable?.address ?? '127.0.0.1';
}

async function nodeFacts(options: NodeAgentOptions, nodeAddress: string): Promise<NodeFacts> {
  const info = await options.engine.info();
  return {
    nodeName: options.nodeName,
    nodeAddress,
    info,
    machine: await readMachine(info.rootDirectory),
  };
}

async function partsOf(
  options: NodeAgentOptions,
  facts: NodeFacts,
  sources: ObjectSources,
): Promise<AgentParts> {
  const { client, engine, clock, owner = DEFAULT_OWNER } = options;
  const now = (): number => clock.now().getTime();
  return {
    client,
    engine,
    clock,
    owner,
    sources,
    podNetwork: options.podNetwork,
    log: options.log,
    recorder: options.recorder,
    dataDirectory: options.dataDirectory,
    nodeAddress: facts.nodeAddress,
    nodeMemoryBytes: facts.info.memoryBytes,
    allocatable: allocatableOf(facts),
    oomFloor: await readOomFloor(),
    sandboxNetwork: { mode: options.sandboxNetwork ?? 'unshare' },
    pauseImage: await ensurePauseImage(engine, owner),
    puller: newImagePuller({
      engine,
      now,
      rewriteImage: options.rewriteImage ?? ((reference) => [reference]),
    }),
    tokens: new ServiceAccountTokens(client, now),
  };
}

/** newNodeAgent makes an agent; nothing happens before start. */
export function newNodeAgent(options: NodeAgentOptions): NodeAgent {
  const nodeAddress = options.nodeAddress ?? firstAddress();
  const pods = options.informers.informer(PODS);
  const sources = new ObjectSources(options.client, options.informers);
  let workers: PodWorkers | undefined;
  let registration: Registration | undefined;

  return {
    async start() {
      const facts = await nodeFacts(options, nodeAddress);
      const parts = await partsOf(options, facts, sources);
      const { client, engine, clock, log, recorder, nodeName } = options;
      const ping = () => engine.inspectImage(parts.pauseImage);
      registration = new Registration({ client, engine, clock, log, recorder, facts, ping });
      await registration.start();
      workers = new PodWorkers({ parts, pods, nodeName });
      await workers.start();
    },
    async stop() {
      registration?.stop();
      await workers?.stop();
    },
    async connect(path, call) {
      const known = workers;
      return serveConnect(path, call, {
        engine: options.engine,
        find: (namespace, name) => known?.find(namespace, name),
      });
    },
  };
}
