import { runHook } from './lifecycle-hooks.ts';
import { containerEvent, containerOf, messageOf, type PodActions } from './pod-actions.ts';
import type { Step } from './steps.ts';

const MIN_GRACE_SECONDS = 2;

type KillStep = Extract<Step, { do: 'killContainer' }>;

async function preStop(actions: PodActions, step: KillStep): Promise<void> {
  const { parts, pod, memory } = actions;
  const container = containerOf(pod, step.name);
  const hook = container?.lifecycle?.preStop;
  if (container === undefined || hook === undefined || step.graceSeconds === 0) return;
  try {
    await runHook(
      {
        engine: parts.engine,
        clock: parts.clock,
        containerId: step.id,
        container,
        podIP: memory.podIP ?? '',
        timeoutMs: step.graceSeconds * 1000,
      },
      hook,
    );
  } catch (error) {
    containerEvent(actions, container, ['Warning', 'FailedPreStopHook', messageOf(error)]);
  }
}

/**
 * killContainer ends a container: its preStop hook, the stop signal, and SIGKILL when the grace
 * period is over. Asked for less grace meanwhile, the worker shortens it.
 */
export async function killContainer(actions: PodActions, step: KillStep): Promise<void> {
  const { parts, pod, memory } = actions;
  const container = containerOf(pod, step.name);
  const message = step.why === 'Stopping container' ? `${step.why} ${step.name}` : step.why;
  if (container !== undefined) containerEvent(actions, container, ['Normal', 'Killing', message]);
  const startedMs = parts.clock.elapsedMs();
  memory.kills.set(step.id, { startedMs, graceSeconds: step.graceSeconds });
  try {
    await preStop(actions, step);
    const spentSeconds = (parts.clock.elapsedMs() - startedMs) / 1000;
    const left = Math.ceil(step.graceSeconds - spentSeconds);
    await parts.engine.stopContainer(step.id, Math.max(left, MIN_GRACE_SECONDS));
  } finally {
    memory.kills.delete(step.id);
  }
}
