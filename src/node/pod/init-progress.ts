import type { Container, Pod } from '../../apis/core/v1/types.ts';
import {
  type ActualContainer,
  type ActualPod,
  hasEnded,
  isRunning,
  latestOf,
} from './actual-pod.ts';
import type { ProbeVerdict } from './pod-memory.ts';

/** InitProgress says how far the init containers of a pod are in its sandbox. */
export interface InitProgress {
  /** All ran to success, and the restartable ones have started. */
  readonly done: boolean;
  /** An init container failed and the restart policy is Never. */
  readonly failed: boolean;
  /** Those that must be seen to now: restartable ones that were reached, and the current one. */
  readonly toRun: readonly Container[];
}

/** isRestartable tells a sidecar: an init container that runs as long as the pod. */
export function isRestartable(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

/** hasSucceeded tells whether an init container ended well in the given sandbox. */
function hasSucceeded(latest: ActualContainer | undefined, sandbox: ActualContainer): boolean {
  if (latest === undefined || !hasEnded(latest)) return false;
  const { exitCode, error, createdAt } = latest.state;
  return exitCode === 0 && error === '' && createdAt >= sandbox.state.createdAt;
}

/** initProgress looks at the init containers in their order. */
export function initProgress(
  pod: Pod,
  actual: ActualPod,
  sandbox: ActualContainer,
  verdicts: ReadonlyMap<string, ProbeVerdict>,
): InitProgress {
  const toRun: Container[] = [];
  for (const container of pod.spec?.initContainers ?? []) {
    const latest = latestOf(actual, container.name);
    if (isRestartable(container)) {
      toRun.push(container);
      const started = verdicts.get(latest?.state.id ?? '')?.started ?? false;
      if (isRunning(latest) && started) continue;
      return { done: false, failed: false, toRun };
    }
    if (hasSucceeded(latest, sandbox)) continue;
    const ended = hasEnded(latest) && (latest?.state.createdAt ?? '') >= sandbox.state.createdAt;
    if (ended && pod.spec?.restartPolicy === 'Never') return { done: false, failed: true, toRun };
    return { done: false, failed: false, toRun: [...toRun, container] };
  }
  return { done: true, failed: false, toRun };
}
