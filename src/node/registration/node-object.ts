import { readFile, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Node, NodeCondition, NodeStatus } from '../../apis/core/v1/types.ts';
import type { EngineInfo, ImageInfo } from '../../engine/engine.ts';

/** VERSION is what the node says that its kubelet is. */
const VERSION = 'v1.34.2';
const ROLES = ['control-plane', 'master', 'worker'];
const MAX_PODS = 250;
/** RESERVED is what the node keeps for itself. */
const RESERVED = { cpuMilli: 100, memoryBytes: 512 * 2 ** 20 };

/** NodeFacts are what a Node object is made from. */
export interface NodeFacts {
  readonly nodeName: string;
  readonly nodeAddress: string;
  readonly info: EngineInfo;
  readonly machine: MachineFacts;
}

/** MachineFacts are read from the machine's own files. */
export interface MachineFacts {
  readonly machineID: string;
  readonly systemUUID: string;
  readonly bootID: string;
  readonly diskBytes: number;
}

async function line(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    // Containers and some machines do not have all of these files.
    return '';
  }
}

async function diskBytes(directory: string): Promise<number> {
  try {
    const { blocks, bsize } = await statfs(directory);
    return blocks * bsize;
  } catch {
    // The engine may keep its files where this process cannot look.
    return 0;
  }
}

/** readMachine reads the identity of the machine and the size of the engine's disk. */
export async function readMachine(rootDirectory: string): Promise<MachineFacts> {
  const machineID = await line('/etc/machine-id');
  return {
    machineID,
    systemUUID: (await line('/sys/class/dmi/id/product_uuid')) || machineID,
    bootID: await line('/proc/sys/kernel/random/boot_id'),
    diskBytes: await diskBytes(rootDirectory),
  };
}

/** architectureOf is a machine's architecture in Go's words. */
function architectureOf(architecture: string): string {
  const names: Record<string, string> = { x86_64: 'amd64', aarch64: 'arm64', armv7l: 'arm' };
  return names[architecture] ?? architecture;
}

function kibibytes(bytes: number): string {
  return `${Math.floor(bytes / 1024)}Ki`;
}

/** capacityOf is what the machine has. */
function capacityOf({ info, machine }: NodeFacts): Record<string, string> {
  return {
    cpu: String(info.cpus),
    'ephemeral-storage': kibibytes(machine.diskBytes),
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: kibibytes(info.memoryBytes),
    pods: String(MAX_PODS),
  };
}

/** allocatableOf is what pods may have: the capacity without what the node keeps. */
export function allocatableOf(facts: NodeFacts): Record<string, string> {
  const { info, machine } = facts;
  const cpuMilli = info.cpus * 1000 - RESERVED.cpuMilli;
  return {
    ...capacityOf(facts),
    cpu: cpuMilli % 1000 === 0 ? String(cpuMilli / 1000) : `${cpuMilli}m`,
    'ephemeral-storage': String(Math.floor(machine.diskBytes * 0.9)),
    memory: kibibytes(info.memoryBytes - RESERVED.memoryBytes),
  };
}

/** nodeLabelsOf answers the labels that a node is registered with. */
export function nodeLabelsOf(facts: NodeFacts): Record<string, string> {
  const architecture = architectureOf(facts.info.architecture);
  const roles = ROLES.map((role) => [`node-role.kubernetes.io/${role}`, '']);
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': facts.nodeName,
    'kubernetes.io/os': 'linux',
    ...Object.fromEntries(roles),
  };
}

const PRESSURES = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
] as const;

/** nodeConditions are the conditions of a node; `problem` is why it is not ready. */
export function nodeConditions(
  before: readonly NodeCondition[],
  problem: string | undefined,
  now: string,
): NodeCondition[] {
  const drafts = [
    ...PRESSURES.map(([type, reason, message]) => ({ type, status: 'False', reason, message })),
    problem === undefined
      ? {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
        }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: problem },
  ];
  return drafts.map((draft) => {
    const old = before.find(({ type }) => type === draft.type);
    const kept = old?.status === draft.status ? old.lastTransitionTime : undefined;
    return { ...draft, lastHeartbeatTime: now, lastTransitionTime: kept ?? now };
  });
}

const MAX_IMAGES = 50;

function nodeImages(images: readonly ImageInfo[]): NodeStatus['images'] {
  return [...images]
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .map(({ repoDigests, repoTags, sizeBytes }) => ({
      names: [...repoDigests, ...repoTags],
      sizeBytes,
    }))
    .filter(({ names }) => names.length > 0)
    .slice(0, MAX_IMAGES);
}

/** nodeStatus is the whole status of a node. */
export function nodeStatus(
  facts: NodeFacts,
  images: readonly ImageInfo[],
  conditions: readonly NodeCondition[],
): NodeStatus {
  const { info, machine } = facts;
  return {
    addresses: [
      { type: 'InternalIP', address: facts.nodeAddress },
      { type: 'Hostname', address: hostname() },
    ],
    allocatable: allocatableOf(facts),
    capacity: capacityOf(facts),
    conditions: [...conditions],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    images: nodeImages(images),
    nodeInfo: {
      architecture: architectureOf(info.architecture),
      bootID: machine.bootID,
      containerRuntimeVersion: `docker://${info.version}`,
      kernelVersion: info.kernelVersion,
      kubeProxyVersion: '',
      kubeletVersion: VERSION,
      machineID: machine.machineID,
      operatingSystem: 'linux',
      osImage: info.operatingSystem,
      systemUUID: machine.systemUUID,
    },
  };
}

/** newNode is the Node object that an agent registers. */
export function newNode(facts: NodeFacts): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: facts.nodeName,
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      labels: nodeLabelsOf(facts),
    },
    spec: {},
  };
}
