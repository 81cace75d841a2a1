import type { Container, ContainerStatus, Pod, PodStatus } from '../../apis/core/v1/types.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import { type ActualPod, isRunning, latestOf } from '../pod/actual-pod.ts';
import { initProgress, isRestartable } from '../pod/init-progress.ts';
import { isFinished, mustRestart } from '../pod/plan.ts';
import type { PodMemory } from '../pod/pod-memory.ts';
import { podConditions } from './conditions.ts';
import { containerStatus } from './container-status.ts';
import { type Phase, phaseOf } from './phase.ts';
import { qosClassOf } from './qos.ts';

/** StatusInput is everything that the status of a pod is computed from. */
export interface StatusInput {
  readonly pod: Pod;
  readonly actual: ActualPod;
  readonly memory: PodMemory;
  readonly hostIP: string;
  readonly nowMs: number;
}

function statusesOf(
  input: StatusInput,
  containers: readonly Container[],
  before: readonly ContainerStatus[] | undefined,
  initialReason: string,
): ContainerStatus[] {
  const { pod, actual, memory } = input;
  return containers.map((container) => {
    const latest = latestOf(actual, container.name);
    const ending = pod.metadata.deletionTimestamp !== undefined || memory.failure !== undefined;
    const policyRestarts = latest === undefined || mustRestart(pod, latest);
    return containerStatus({
      container,
      history: actual.containers.get(container.name) ?? [],
      memory,
      initialReason,
      restarts: !ending && !isFinished(pod) && (policyRestarts || isRestartable(container)),
      before: before?.find(({ name }) => name === container.name),
    });
  });
}

/** An ephemeral container runs once, and nothing looks at its health. */
function ephemeralStatuses(input: StatusInput, initialReason: string): ContainerStatus[] {
  const { pod, actual, memory } = input;
  return (pod.spec?.ephemeralContainers ?? []).map((container) => {
    const before = pod.status?.ephemeralContainerStatuses;
    const { started: _started, ...status } = containerStatus({
      container: container as Container,
      history: actual.containers.get(container.name) ?? [],
      memory,
      initialReason,
      restarts: false,
      before: before?.find(({ name }) => name === container.name),
    });
    return status;
  });
}

/** An init container that succeeded is ready; one that failed and one that runs are not. */
function initReady(container: Container, status: ContainerStatus): ContainerStatus {
  if (isRestartable(container)) return status;
  return { ...status, ready: status.state?.terminated?.exitCode === 0 };
}

function isInitialized(input: StatusInput): boolean {
  const { pod, actual, memory } = input;
  const inits = pod.spec?.initContainers ?? [];
  if (inits.length === 0) return true;
  const sandbox = actual.sandboxes[0];
  if (sandbox === undefined) return false;
  const begun = (pod.spec?.containers ?? []).some(({ name }) => latestOf(actual, name));
  return begun || initProgress(pod, actual, sandbox, memory.verdicts).done;
}

function addresses({ pod, memory, hostIP }: StatusInput): Partial<PodStatus> {
  const podIP = memory.podIP ?? pod.status?.podIP;
  return {
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP ? { podIP, podIPs: [{ ip: podIP }] } : {}),
  };
}

function describedAsReady(pod: Pod): boolean {
  const condition = pod.status?.conditions?.find(
    ({ type }) => type === 'PodReadyToStartContainers',
  );
  return condition?.status === 'True';
}

/** A pod of which something still runs has not ended, whatever its other containers did. */
function finalPhase({ pod, memory }: StatusInput, computed: Phase, all: Statuses): Phase {
  if (isFinished(pod)) return pod.status?.phase as Phase;
  const ended = computed === 'Succeeded' || computed === 'Failed';
  if (all.some(({ state }) => state?.running)) return ended ? 'Running' : computed;
  return memory.failure ? 'Failed' : computed;
}

type Statuses = readonly ContainerStatus[];

/** podStatus is the whole status of a pod as kubelet writes it. */
export function podStatus(input: StatusInput): PodStatus {
  const { pod, actual, memory, nowMs } = input;
  const now = timestampOf(new Date(nowMs));
  const initialized = isInitialized(input);
  const initContainers = pod.spec?.initContainers ?? [];
  const appReason = initialized ? 'ContainerCreating' : 'PodInitializing';
  const inits = statusesOf(
    input,
    initContainers,
    pod.status?.initContainerStatuses,
    'PodInitializing',
  ).map((status, index) => {
    const container = initContainers[index];
    return container === undefined ? status : initReady(container, status);
  });
  const sidecars = new Set(initContainers.filter(isRestartable).map(({ name }) => name));
  const ordinary = inits.filter(({ name }) => !sidecars.has(name));
  const apps = statusesOf(
    input,
    pod.spec?.containers ?? [],
    pod.status?.containerStatuses,
    appReason,
  );
  const ephemeral = ephemeralStatuses(input, appReason);
  const computed = phaseOf(pod, { inits: ordinary, apps }, initialized);
  const phase = finalPhase(input, computed, [...inits, ...apps, ...ephemeral]);
  const outcome = memory.failure ? 'Failed' : phase;
  // An agent that has just started adopts a running sandbox as the status last described it.
  const wasReady = memory.readySandboxId !== undefined || describedAsReady(pod);
  const sandboxReady = isRunning(actual.sandboxes[0]) && wasReady;
  const failure = isFinished(pod) ? pod.status : phase === 'Failed' ? memory.failure : undefined;
  const facts = { pod, initialized, sandboxReady, inits, apps, now };
  return {
    conditions: podConditions({ ...facts, phase: outcome }),
    containerStatuses: apps,
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    ...addresses(input),
    ...(inits.length > 0 ? { initContainerStatuses: inits } : {}),
    ...(failure?.message ? { message: failure.message } : {}),
    phase,
    qosClass: pod.status?.qosClass ?? qosClassOf(pod),
    ...(failure?.reason ? { reason: failure.reason } : {}),
    startTime: pod.status?.startTime ?? now,
  };
}
