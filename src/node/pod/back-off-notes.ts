import { formatDuration } from '../../machinery/duration.ts';
import { type ActualPod, hasEnded, latestOf } from './actual-pod.ts';
import { isRestartable } from './init-progress.ts';
import { endedMsOf, hasRunItsCourse, isFinished, mustRestart } from './plan.ts';
import { containerEvent, type PodActions } from './pod-actions.ts';

const NOTE_AFTER_MS = 1000;

/**
 * noteBackOffs makes containers that ended and wait to be started again show CrashLoopBackOff, a
 * moment after their end was shown. Answers when to look again for one that is not noted yet.
 */
export function noteBackOffs(
  actions: PodActions,
  actual: ActualPod,
  nowMs: number,
): number | undefined {
  const { pod, memory } = actions;
  if (pod.metadata.deletionTimestamp || isFinished(pod) || memory.failure) return undefined;
  if (hasRunItsCourse(pod, actual)) return undefined;
  const { name, namespace, uid } = pod.metadata;
  let lookAgainMs: number | undefined;
  for (const container of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]) {
    const latest = latestOf(actual, container.name);
    if (latest === undefined || !hasEnded(latest)) continue;
    if (!mustRestart(pod, latest) && !isRestartable(container)) continue;
    const endedMs = endedMsOf(latest);
    const until = memory.crashes.waitUntilMs(container.name, endedMs, nowMs);
    if (until === undefined || memory.waiting.get(container.name)?.reason === 'CrashLoopBackOff') {
      continue;
    }
    if (nowMs < endedMs + NOTE_AFTER_MS) {
      lookAgainMs = Math.min(lookAgainMs ?? Infinity, endedMs + NOTE_AFTER_MS);
      continue;
    }
    const where = `${name}_${namespace}(${uid})`;
    const delay = formatDuration(memory.crashes.delayMs(container.name));
    memory.waiting.set(container.name, {
      reason: 'CrashLoopBackOff',
      message: `back-off ${delay} restarting failed container=${container.name} pod=${where}`,
    });
    containerEvent(actions, container, [
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${container.name} in pod ${where}`,
    ]);
    lookAgainMs = nowMs;
  }
  return lookAgainMs;
}
