import type { ContainerStatus, Pod } from '../../apis/core/v1/types.ts';

/** Phase is the one-word summary of a pod's life. */
export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

interface Counts {
  waiting: number;
  running: number;
  stopped: number;
  succeeded: number;
}

function count(statuses: readonly ContainerStatus[]): Counts {
  const counts: Counts = { waiting: 0, running: 0, stopped: 0, succeeded: 0 };
  for (const { state, lastState } of statuses) {
    if (state?.running) counts.running += 1;
    else if (state?.terminated) {
      counts.stopped += 1;
      if (state.terminated.exitCode === 0) counts.succeeded += 1;
    } else if (lastState?.terminated) counts.stopped += 1;
    else counts.waiting += 1;
  }
  return counts;
}

/** initHasFailed tells whether an init container ended badly and is not tried again. */
function initHasFailed(pod: Pod, inits: readonly ContainerStatus[]): boolean {
  if (pod.spec?.restartPolicy !== 'Never') return false;
  return inits.some(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
}

function phaseOfStopped(pod: Pod, counts: Counts): Phase {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  if (policy === 'Always') return 'Running';
  if (counts.stopped === counts.succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

/** phaseOf computes the phase from the statuses of the containers (kubelet's getPhase). */
export function phaseOf(
  pod: Pod,
  statuses: { inits: readonly ContainerStatus[]; apps: readonly ContainerStatus[] },
  initialized: boolean,
): Phase {
  if (initHasFailed(pod, statuses.inits)) return 'Failed';
  const counts = count(statuses.apps);
  const begun = counts.running + counts.stopped > 0;
  if (!initialized && !begun) return 'Pending';
  if (counts.waiting > 0) return 'Pending';
  if (counts.running > 0) return 'Running';
  return counts.stopped > 0 ? phaseOfStopped(pod, counts) : 'Pending';
}
