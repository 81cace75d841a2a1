import { hostname } from 'node:os';
import type { Client } from '../../client/client.ts';
import { clientAs } from '../../client/client-as.ts';
import type { Controller, ControllerDeps } from '../../controller-kit/controller.ts';
import { newEventRecorder } from '../../controller-kit/event-recorder.ts';
import { type Manager, newManager } from '../../controller-kit/manager.ts';
import { type Network, newNetwork } from '../../network/network.ts';
import { type NodeAgent, newNodeAgent } from '../../node/agent.ts';
import { newRouter, type Router } from '../../router/router.ts';
import { removeLeftBehindImages } from '../platform/own-images.ts';
import { instanceOf } from '../platform/paths.ts';
import { ensureClusterServices } from './cluster-services.ts';
import { type ControlPlane, ROUTE_DOMAIN } from './control-plane.ts';
import { controllersOf } from './controllers.ts';
import type { DataPlaneOptions } from './data-plane-options.ts';
import { imageRewriter } from './image-settings.ts';
import { ensureIngressClass } from './ingress-class.ts';
import { startRegistry } from './registry.ts';

const IMAGE_GARBAGE_EVERY_MS = 10 * 60 * 1000;
const SETTLE_LIMIT_MS = 3000;
const SETTLE_POLL_MS = 10;
const IMAGE_GRACE_MS = 10 * 60 * 1000;

/** DataPlane runs pods, connects them, stores their images and routes requests to them. */
export interface DataPlane {
  readonly httpPort: number | undefined;
  readonly httpsPort: number | undefined;
  /** close ends what runs in this process; pods, their network and HAProxy go on. */
  close(): Promise<void>;
}

/** startDataPlane starts everything beside the API server, in the order in which it is needed. */
export async function startDataPlane(
  controlPlane: ControlPlane,
  options: DataPlaneOptions,
): Promise<DataPlane> {
  const { client, informers } = controlPlane;
  const { gateway, clock, log, engine, platform } = options;
  const recorder = newEventRecorder({ client, clock, log, component: 'sampan' });
  const deps: ControllerDeps = { client, informers, clock, recorder, log };
  const network = newNetwork({ log, informers, gateway });
  await network.start();
  await controlPlane.listen(gateway, platform.apiPort);
  const registry = await startRegistry(controlPlane, options);
  await ensureServices(client, options);
  const agent = newAgent(controlPlane, options, network);
  const router = newPlatformRouter(deps, controlPlane, options);
  const traffic = managerOf(controlPlane, [...network.controllers, ...router.controllers]);
  const manager = managerOf(controlPlane, controllersOf(deps, controlPlane, options));
  await agent.start();
  await router.start();
  // Traffic first: nobody may take pods away that services and routes still lead to.
  traffic.start();
  await informers.synced();
  await settled(traffic);
  manager.start();
  const stopCollecting = collectImages(options);

  return {
    httpPort: router.ports?.http,
    httpsPort: router.ports?.https,
    async close() {
      stopCollecting();
      await manager.stop();
      await traffic.stop();
      await agent.stop();
      await router.stop();
      await registry.close();
      await network.stop();
      await engine.close();
    },
  };
}

/** ensureServices writes how pods find the platform's own servers, and the class of its router. */
async function ensureServices(client: Client, { gateway, platform }: DataPlaneOptions) {
  const ports = { apiPort: platform.apiPort, registryPort: platform.registryPort, dnsPort: 53 };
  await Promise.all([
    ensureClusterServices(client, { gateway, ...ports }),
    ensureIngressClass(client),
  ]);
}

/** newAgent makes the agent of this machine's node, which the API server then reaches by its name. */
function newAgent(
  { client, informers, nodes }: ControlPlane,
  { engine, paths, clock, log, images }: DataPlaneOptions,
  podNetwork: Network,
): NodeAgent {
  const nodeName = hostname();
  const agent = newNodeAgent({
    client: clientAs('kubelet', client),
    informers,
    engine,
    podNetwork,
    nodeName,
    dataDirectory: paths.data,
    clock,
    log,
    recorder: newEventRecorder({ client, clock, log, component: 'kubelet', host: nodeName }),
    owner: instanceOf(paths.data),
    rewriteImage: imageRewriter(images),
  });
  nodes.set(nodeName, agent);
  return agent;
}

function newPlatformRouter(
  deps: ControllerDeps,
  { pki }: ControlPlane,
  { paths, platform }: DataPlaneOptions,
): Router {
  const { httpPort, httpsPort } = platform;
  return newRouter({
    ...deps,
    client: clientAs('openshift-router', deps.client),
    dir: paths.router,
    domain: ROUTE_DOMAIN,
    certificatePem: `${pki.router.certPem}${pki.router.keyPem}`,
    ...(httpPort !== undefined && { httpPorts: [httpPort] }),
    ...(httpsPort !== undefined && { httpsPorts: [httpsPort] }),
  });
}

function managerOf(controlPlane: ControlPlane, controllers: readonly Controller[]): Manager {
  const { informers, clock, log, meterOf } = controlPlane;
  const manager = newManager({ informers, clock, log, meterOf });
  for (const one of controllers) manager.add(one);
  return manager;
}

/** settled resolves when a manager has done what it had to, or after a while: start-up goes on. */
async function settled(manager: Manager): Promise<void> {
  const deadline = performance.now() + SETTLE_LIMIT_MS;
  do {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_POLL_MS));
  } while (!manager.idle && performance.now() < deadline);
}

/** collectImages removes images of builds that nothing uses any more from the engine, ever so often. */
function collectImages({ engine, paths, images, clock, log }: DataPlaneOptions): () => void {
  const owner = { instance: instanceOf(paths.data), registryAddress: images.engineRegistryHost };
  const timer = setInterval(() => {
    removeLeftBehindImages(engine, owner, { graceMs: IMAGE_GRACE_MS, now: clock.now() }).then(
      (removed) => log.info({ removed }, 'images of older builds were removed from the engine'),
      (error: unknown) => log.warn({ err: error }, 'images of older builds could not be removed'),
    );
  }, IMAGE_GARBAGE_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
