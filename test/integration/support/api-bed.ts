import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { Pod, PodSpec } from '../../../src/apis/core/v1/types.ts';
import { NAMESPACES, PODS, SERVICE_ACCOUNTS } from '../../../src/apis/resource-types.ts';
import type { Client } from '../../../src/client/client.ts';
import { pathsOf } from '../../../src/cmd/platform/paths.ts';
import { bootstrap, startControlPlane } from '../../../src/cmd/server/control-plane.ts';
import { readImageSettings } from '../../../src/cmd/server/image-settings.ts';
import { newEventRecorder } from '../../../src/controller-kit/event-recorder.ts';
import { systemClock } from '../../../src/controller-kit/system-clock.ts';
import { newDockerEngine } from '../../../src/engine/docker/docker-engine.ts';
import { newNetwork } from '../../../src/network/network.ts';
import { newNodeAgent } from '../../../src/node/agent.ts';
import { newTestLog } from '../network-fixture.ts';
import { freePort } from './free-port.ts';
import { buildFrontProgram } from './front-program.ts';
import { hostRootfs } from './host-rootfs.ts';
import { adminKubeconfig } from './kubeconfigs.ts';

/** Ran is how a program ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** ApiBed is an API server with one node on the real engine and a pod network of its own. */
export interface ApiBed {
  readonly client: Client;
  readonly image: string;
  readonly kubeconfig: string;
  createPod(name: string, spec: Partial<PodSpec>): Promise<void>;
  untilReady(name: string): Promise<Pod>;
  /** webSocket opens a WebSocket of the API as the administrator. */
  webSocket(path: string, protocols: readonly string[]): Promise<WebSocket>;
  /** run runs a client program to its end. */
  run(program: string, args: readonly string[], stdin?: string): Promise<Ran>;
  /** begin starts a client program that goes on. */
  begin(program: string, args: readonly string[]): ChildProcess;
  close(): Promise<void>;
}

function runProgram(
  program: string,
  args: readonly string[],
  kubeconfig: string,
  stdin?: string,
): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { ...process.env, KUBECONFIG: kubeconfig };
    const child = execFile(
      program,
      args,
      { env, timeout: 60_000, maxBuffer: 64 * 2 ** 20 },
      (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
        resolve({ code, stdout, stderr });
      },
    );
    // A program that ends before it has read everything closes the pipe.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin ?? '');
  });
}

/** newApiBed starts one; close it after the tests. */
export async function newApiBed(prefix: string, extraPrograms: readonly string[]): Promise<ApiBed> {
  const directory = await mkdtemp(join(tmpdir(), `${prefix}-`));
  const owner = `${prefix}-${process.pid}`;
  const image = `${owner}:1`;
  const engine = newDockerEngine();
  const log = newTestLog();
  const clock = systemClock;
  const paths = pathsOf(directory);
  const gateway = '10.197.0.1';
  const images = await readImageSettings(5000);
  await engine.importImage(image, hostRootfs(extraPrograms), ['CMD ["/bin/sh"]']);
  const flags = { '--api-threads': '2' };
  const plane = await startControlPlane({ paths, gateway, clock, log, images, engine, flags });
  const port = await freePort();
  await plane.listen('127.0.0.1', port);
  await bootstrap(plane);
  // Streams pass through a front thread to the main one, as on the platform.
  await plane.startThreads(await buildFrontProgram());
  const { client, informers } = plane;
  const network = newNetwork({
    log,
    podCidr: '10.197.0.0/24',
    serviceCidr: '10.196.0.0/24',
    dnsServiceIP: '10.196.0.10',
    gatewayInterface: 'spn0',
    interfacePrefix: 'spnode',
    tableName: 'spnode',
  });
  await network.start();
  const agent = newNodeAgent({
    client,
    informers,
    engine,
    podNetwork: network,
    nodeName: 'node-1',
    nodeAddress: '192.0.2.1',
    dataDirectory: directory,
    owner,
    clock,
    log,
    recorder: newEventRecorder({ client, clock, log, component: 'kubelet', host: 'node-1' }),
  });
  plane.nodes.set('node-1', agent);
  await agent.start();
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, adminKubeconfig(`https://127.0.0.1:${port}`, paths.pki, 'streams'));
  await client.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'streams' },
  });
  await client.create(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'streams' },
  });

  return {
    client,
    image,
    kubeconfig,
    async createPod(name, spec) {
      await client.create(PODS, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'streams' },
        spec: { nodeName: 'node-1', containers: [], automountServiceAccountToken: false, ...spec },
      });
    },
    async untilReady(name) {
      for (;;) {
        const pod = await client.get(PODS, { namespace: 'streams', name });
        const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
        if (ready?.status === 'True') return pod;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async webSocket(path, protocols) {
      const read = (name: string) => readFile(join(paths.pki, name));
      const socket = new WebSocket(`wss://127.0.0.1:${port}${path}`, [...protocols], {
        ca: await read('ca.crt'),
        cert: await read('admin.crt'),
        key: await read('admin.key'),
      });
      await once(socket, 'open');
      return socket;
    },
    run: (program, args, stdin) => runProgram(program, args, kubeconfig, stdin),
    begin: (program, args) =>
      spawn(program, args, { env: { ...process.env, KUBECONFIG: kubeconfig } }),
    async close() {
      await agent.stop();
      const rows = await engine.listContainers({ 'io.sampan.owner': owner });
      await Promise.all(rows.map(({ id }) => engine.removeContainer(id)));
      for (const one of await engine.listImages({ 'io.sampan.owner': owner })) {
        await engine.removeImage(one.id, { force: true });
      }
      await engine.removeImage(image, { force: true });
      await network.stop();
      await network.purge();
      await plane.close();
      await engine.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
