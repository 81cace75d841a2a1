import type { Container, ContainerStatus, Pod } from './types.ts';

/** PodSummary is what `kubectl get pods` says about a pod's containers. */
export interface PodSummary {
  readonly ready: number;
  readonly total: number;
  /** `Running`, `Completed`, `CrashLoopBackOff`, `Init:0/1`, `Terminating`, … */
  readonly status: string;
  readonly restarts: number;
  /** When a container last ended before it was started again; empty when none was. */
  readonly lastRestart: string;
}

interface Count {
  restarts: number;
  lastRestart: string;
}

function countRestarts(count: Count, status: ContainerStatus): void {
  count.restarts += status.restartCount;
  const finished = status.lastState?.terminated?.finishedAt ?? '';
  if (finished > count.lastRestart) count.lastRestart = finished;
}

function exitReason(terminated: { reason?: string; signal?: number; exitCode: number }): string {
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

function isSidecar(container: Container | undefined): boolean {
  return container?.restartPolicy === 'Always';
}

interface InitSummary extends Count {
  readonly sidecars: Count;
  ready: number;
  /** Why the pod is still initializing; undefined when it is not. */
  waiting: string | undefined;
}

function initReason(status: ContainerStatus, index: number, total: number): string {
  const { terminated, waiting } = status.state ?? {};
  if (terminated) return `Init:${exitReason(terminated)}`;
  if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
  return `Init:${index}/${total}`;
}

function summarizeInit(pod: Pod): InitSummary {
  const containers = pod.spec?.initContainers ?? [];
  const summary: InitSummary = {
    restarts: 0,
    lastRestart: '',
    sidecars: { restarts: 0, lastRestart: '' },
    ready: 0,
    waiting: undefined,
  };
  for (const [index, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const sidecar = isSidecar(containers.find((one) => one.name === status.name));
    countRestarts(summary, status);
    if (sidecar) countRestarts(summary.sidecars, status);
    if (status.state?.terminated?.exitCode === 0) continue;
    if (sidecar && status.started) {
      if (status.ready) summary.ready += 1;
      continue;
    }
    summary.waiting = initReason(status, index, containers.length);
    return summary;
  }
  return summary;
}

function conditionIsTrue(pod: Pod, type: string): boolean {
  return pod.status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
}

function startReason(pod: Pod): string {
  const gated = pod.status?.conditions?.some(
    (one) => one.type === 'PodScheduled' && one.reason === 'SchedulingGated',
  );
  return gated ? 'SchedulingGated' : pod.status?.reason || pod.status?.phase || '';
}

interface MainSummary extends Count {
  reason: string;
  ready: number;
}

function summarizeMain(pod: Pod, start: MainSummary): MainSummary {
  let running = false;
  for (const status of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    countRestarts(start, status);
    const { waiting, terminated } = status.state ?? {};
    if (waiting?.reason) start.reason = waiting.reason;
    else if (terminated) start.reason = exitReason(terminated);
    else if (status.ready && status.state?.running) {
      running = true;
      start.ready += 1;
    }
  }
  if (start.reason === 'Completed' && running)
    start.reason = conditionIsTrue(pod, 'Ready') ? 'Running' : 'NotReady';
  return start;
}

function finalReason(pod: Pod, reason: string): string {
  if (!pod.metadata.deletionTimestamp) return reason;
  if (pod.status?.reason === 'NodeLost') return 'Unknown';
  const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  return ended ? reason : 'Terminating';
}

/** podSummary tells readiness, status and restarts of a pod as `kubectl get pods` does. */
export function podSummary(pod: Pod): PodSummary {
  const sidecarCount = (pod.spec?.initContainers ?? []).filter(isSidecar).length;
  const total = (pod.spec?.containers ?? []).length + sidecarCount;
  const init = summarizeInit(pod);
  if (init.waiting !== undefined && !conditionIsTrue(pod, 'Initialized')) {
    const { ready, restarts, lastRestart, waiting } = init;
    return { ready, total, status: finalReason(pod, waiting), restarts, lastRestart };
  }
  const { reason, ready, restarts, lastRestart } = summarizeMain(pod, {
    ...init.sidecars,
    reason: init.waiting ?? startReason(pod),
    ready: init.ready,
  });
  return { ready, total, status: finalReason(pod, reason), restarts, lastRestart };
}
