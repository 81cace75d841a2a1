import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '../../apis/core/v1/types.ts';
import { type ContainerConfig, EngineError } from '../../engine/engine.ts';
import { engineNameOf, labelsFor, SANDBOX_NAME } from '../labels.ts';
import { leavesHostNetwork } from '../sandbox/host-network.ts';
import { hostNetworkHostsFile, hostnameOf, hostsFile } from '../sandbox/hosts-file.ts';
import { dnsSettings, parseResolvConf, resolvConf } from '../sandbox/resolv-conf.ts';
import { resolveClaims } from '../volumes/claimed-volumes.ts';
import { prepareVolumes } from '../volumes/pod-volumes.ts';
import { UnprocessedVolumes, VolumeError } from '../volumes/volume-error.ts';
import { directoryOf, messageOf, type PodActions, payloadContext } from './pod-actions.ts';
import type { Step } from './steps.ts';

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 122_000;
const PAUSE_OOM_SCORE = -998;
const CONFLICT = 409;

/** The engine takes network settings only for a namespace that it makes itself. */
function unshares({ parts, pod }: PodActions): boolean {
  const sysctls = pod.spec?.securityContext?.sysctls ?? [];
  const ofNetwork = sysctls.some(({ name }) => name.startsWith('net.'));
  return parts.sandboxNetwork.mode === 'unshare' && hasOwnNetwork(pod) && !ofNetwork;
}

function networkConfig(actions: PodActions): Partial<ContainerConfig> {
  const { pod } = actions;
  if (!hasOwnNetwork(pod)) return { networkMode: 'host' };
  const hostname = hostnameOf(pod);
  if (!unshares(actions)) return { networkMode: 'none', hostname };
  return { networkMode: 'host', hostname, capDrop: ['ALL'], capAdd: ['SYS_ADMIN'] };
}

function sandboxConfig(actions: PodActions, attempt: number): ContainerConfig {
  const { parts, pod } = actions;
  const { hostIPC, hostPID, securityContext } = pod.spec ?? {};
  const sysctls = (securityContext?.sysctls ?? []).map(({ name, value }) => [name, value]);
  return {
    image: parts.pauseImage,
    labels: labelsFor(pod, {
      owner: parts.owner,
      role: 'sandbox',
      name: SANDBOX_NAME,
      attempt,
      specHash: '',
    }),
    ...networkConfig(actions),
    ...(hostIPC ? { ipcMode: 'host' } : { ipcMode: 'shareable' }),
    ...(hostPID ? { pidMode: 'host' } : {}),
    ...(sysctls.length > 0 ? { sysctls: Object.fromEntries(sysctls) } : {}),
    oomScoreAdj: Math.max(parts.oomFloor, PAUSE_OOM_SCORE),
    securityOpt: ['no-new-privileges'],
  };
}

/** createFresh creates a container; one of the same name is left from a crash and must go. */
async function createFresh(
  { parts }: PodActions,
  name: string,
  config: ContainerConfig,
): Promise<string> {
  try {
    return await parts.engine.createContainer(name, config);
  } catch (error) {
    if (!(error instanceof EngineError) || error.statusCode !== CONFLICT) throw error;
    await parts.engine.removeContainer(name);
    return parts.engine.createContainer(name, config);
  }
}

async function startSandbox(actions: PodActions, attempt: number): Promise<string> {
  const { parts, pod } = actions;
  const name = engineNameOf(pod, SANDBOX_NAME, attempt);
  const id = await createFresh(actions, name, sandboxConfig(actions, attempt));
  await parts.engine.startContainer(id);
  return id;
}

/** A sandbox that stayed on the node's network must not live: the next one is the engine's affair. */
async function expectOwnNamespace(actions: PodActions, id: string, pid: number): Promise<void> {
  const { parts } = actions;
  if (parts.sandboxNetwork.mode === 'none' || (await leavesHostNetwork(pid))) return;
  parts.sandboxNetwork.mode = 'none';
  parts.log.warn({ containerId: id }, 'sandboxes cannot make a network namespace here');
  await parts.engine.removeContainer(id);
  throw new Error('the sandbox could not make a network namespace of its own');
}

async function attachNetwork(actions: PodActions, id: string): Promise<void> {
  const { parts, pod, memory } = actions;
  if (pod.spec?.hostNetwork) {
    memory.podIP = parts.nodeAddress;
    return;
  }
  const pid = (await parts.engine.inspectContainer(id))?.pid ?? 0;
  if (pid === 0) throw new Error('the sandbox ended before it had a network');
  await expectOwnNamespace(actions, id, pid);
  const { uid = '', name = '', namespace = '' } = pod.metadata;
  const address = await parts.podNetwork.attach({ uid, name, namespace }, pid);
  memory.podIP = address.podIP;
}

async function nodeFile(name: string): Promise<string> {
  try {
    return await readFile(join('/etc', name), 'utf8');
  } catch {
    // A machine without the file gives its pods an empty one.
    return '';
  }
}

/** writeNetworkFiles writes the pod's hosts and resolv.conf, keeping the files that are mounted. */
async function writeNetworkFiles(actions: PodActions): Promise<void> {
  const { parts, pod, memory } = actions;
  const directory = directoryOf(actions);
  const { dns } = parts.podNetwork;
  const settings = dnsSettings(pod, dns, parseResolvConf(await nodeFile('resolv.conf')));
  const hosts = pod.spec?.hostNetwork
    ? hostNetworkHostsFile(pod, await nodeFile('hosts'))
    : hostsFile(pod, memory.podIP ?? '', dns.clusterDomain);
  await writeFile(directory.resolvConf, resolvConf(settings), { mode: 0o644 });
  await writeFile(directory.hosts, hosts, { mode: 0o644 });
}

async function setUpVolumes(actions: PodActions): Promise<void> {
  const directory = directoryOf(actions);
  await mkdir(join(actions.parts.dataDirectory, 'pods'), { recursive: true, mode: 0o700 });
  await mkdir(directory.root, { recursive: true, mode: 0o755 });
  const { parts, pod, memory } = actions;
  const claimed = await resolveClaims(parts.client, pod);
  await prepareVolumes(pod, directory, { context: await payloadContext(actions), claimed });
  memory.claimed = claimed;
}

function retryLater({ parts, memory }: PodActions): void {
  const now = parts.clock.now().getTime();
  const waited = memory.sandboxRetryMs;
  memory.sandboxRetryMs = Math.min(waited === 0 ? FIRST_RETRY_MS : waited * 2, MAX_RETRY_MS);
  memory.notBeforeMs.set('sandbox', now + memory.sandboxRetryMs);
}

function reportFailure({ parts, pod }: PodActions, error: unknown): void {
  if (error instanceof UnprocessedVolumes) {
    const message = `Unable to attach or mount volumes: ${error.message}`;
    parts.recorder.event(pod, 'Warning', 'FailedMount', message);
    return;
  }
  if (error instanceof VolumeError) {
    const message = `MountVolume.SetUp failed for volume "${error.volume}" : ${error.message}`;
    parts.recorder.event(pod, 'Warning', 'FailedMount', message);
    return;
  }
  const message = `Failed to create pod sandbox: rpc error: code = Unknown desc = ${messageOf(error)}`;
  parts.recorder.event(pod, 'Warning', 'FailedCreatePodSandBox', message);
}

function hasOwnNetwork(pod: Pod): boolean {
  return pod.spec?.hostNetwork !== true;
}

/**
 * prepareSandbox makes the volumes, sandbox, network and name files of a pod ready, or makes sure
 * that those of a running sandbox are. A failure is reported and tried again later.
 */
export async function prepareSandbox(
  actions: PodActions,
  step: Extract<Step, { do: 'prepareSandbox' }>,
): Promise<void> {
  const { memory } = actions;
  try {
    await setUpVolumes(actions);
    const id = step.adoptId ?? (await startSandbox(actions, step.attempt));
    await attachNetwork(actions, id);
    await writeNetworkFiles(actions);
    memory.readySandboxId = id;
    memory.sandboxRetryMs = 0;
    memory.notBeforeMs.delete('sandbox');
  } catch (error) {
    reportFailure(actions, error);
    retryLater(actions);
  }
}

/** stopSandbox ends a pod's sandboxes and gives its address back. */
export async function stopSandbox(actions: PodActions, ids: readonly string[]): Promise<void> {
  const { parts, pod, memory } = actions;
  for (const id of ids) await parts.engine.stopContainer(id, 2);
  if (hasOwnNetwork(pod)) await parts.podNetwork.detach(pod.metadata.uid ?? '');
  memory.readySandboxId = undefined;
}
