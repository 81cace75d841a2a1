import type { Container, Pod } from '../../apis/core/v1/types.ts';
import type { ContainerRole } from '../labels.ts';
import {
  type ActualContainer,
  type ActualPod,
  hasEnded,
  isRunning,
  latestOf,
  runningContainers,
} from './actual-pod.ts';
import { MAX_MS } from './crash-back-off.ts';
import { initProgress, isRestartable } from './init-progress.ts';
import type { PodMemory } from './pod-memory.ts';
import { specHashOf } from './spec-hash.ts';
import { type Plan, type Step, stepKey } from './steps.ts';

/** PlanInput is everything that a plan is made from. */
export interface PlanInput {
  readonly pod: Pod;
  readonly actual: ActualPod;
  readonly memory: PodMemory;
  /** Keys of the steps that are being executed. */
  readonly busy: ReadonlySet<string>;
  readonly nowMs: number;
}

const DEFAULT_GRACE_SECONDS = 30;

/** graceSecondsOf is how long a pod's containers may take to end. */
export function graceSecondsOf(pod: Pod): number {
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  const own = pod.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  return deletionTimestamp ? (deletionGracePeriodSeconds ?? own) : own;
}

/** isFinished tells whether a pod's phase is one that it never leaves. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** endedMsOf is when a container ended. */
export function endedMsOf(container: ActualContainer): number {
  return Date.parse(container.state.finishedAt ?? container.state.createdAt);
}

/** exitCodeOf is a container's exit code; one that could not begin has failed. */
function exitCodeOf({ state }: ActualContainer): number {
  return state.error !== '' && state.exitCode === 0 ? 128 : state.exitCode;
}

/** mustRestart applies the pod's restart policy to a container that ended. */
export function mustRestart(pod: Pod, ended: ActualContainer): boolean {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  return policy === 'Always' || (policy === 'OnFailure' && exitCodeOf(ended) !== 0);
}

/** wantsContainer tells whether an app container has yet to run, or to run again. */
function wantsContainer(pod: Pod, actual: ActualPod, container: Container): boolean {
  const latest = latestOf(actual, container.name);
  return latest === undefined || !hasEnded(latest) || mustRestart(pod, latest);
}

/** hasRunItsCourse tells whether no app container of a pod is to run any more. */
export function hasRunItsCourse(pod: Pod, actual: ActualPod): boolean {
  return !(pod.spec?.containers ?? []).some((one) => wantsContainer(pod, actual, one));
}

class Planner {
  readonly steps: Step[] = [];
  wakeAtMs: number | undefined;
  readonly #input: PlanInput;

  constructor(input: PlanInput) {
    this.#input = input;
  }

  plan(): Plan {
    const { pod, memory } = this.#input;
    if (pod.metadata.deletionTimestamp || isFinished(pod) || memory.failure) this.#wind();
    else this.#run();
    const steps = this.steps.filter((step) => this.#isFree(step));
    return { steps, wakeAtMs: this.wakeAtMs };
  }

  #isFree(step: Step): boolean {
    const { busy, memory, nowMs } = this.#input;
    const key = stepKey(step);
    if (busy.has(key)) return false;
    const notBefore = memory.notBeforeMs.get(key) ?? 0;
    if (step.do === 'killContainer' || notBefore <= nowMs) return true;
    // Nothing waits for so long: the clock was set back.
    if (notBefore - nowMs > MAX_MS) return true;
    this.#wake(notBefore);
    return false;
  }

  #wake(atMs: number): void {
    this.wakeAtMs = Math.min(this.wakeAtMs ?? atMs, atMs);
  }

  /** Ends a pod: its containers, its sandbox, and at last the object. */
  #wind(): void {
    const { pod, actual, busy } = this.#input;
    const running = runningContainers(actual);
    this.#kill(running, 'Stopping container', graceSecondsOf(pod));
    if (running.length > 0 || busy.size > 0) return;
    const live = actual.sandboxes.filter(isRunning);
    if (live.length > 0 || this.#input.memory.readySandboxId !== undefined) {
      this.steps.push({ do: 'stopSandbox', ids: live.map(({ state }) => state.id) });
    } else if (pod.metadata.deletionTimestamp) this.steps.push({ do: 'finishDeletion' });
  }

  #kill(containers: readonly ActualContainer[], why: string, graceSeconds: number): void {
    for (const { state, identity } of containers) {
      this.steps.push({
        do: 'killContainer',
        id: state.id,
        name: identity.name,
        why,
        graceSeconds,
      });
    }
  }

  #run(): void {
    const { pod, actual, memory } = this.#input;
    const containers = pod.spec?.containers ?? [];
    const sandbox = actual.sandboxes.find(isRunning);
    if (sandbox === undefined) {
      if (hasRunItsCourse(pod, actual)) return;
      this.#kill(runningContainers(actual), 'Stopping container', graceSecondsOf(pod));
      if (this.steps.length > 0) return;
      const last = actual.sandboxes[0]?.identity.attempt;
      const attempt = last === undefined ? 0 : last + 1;
      this.steps.push({ do: 'prepareSandbox', adoptId: undefined, attempt });
      return;
    }
    if (memory.readySandboxId !== sandbox.state.id) {
      const { attempt } = sandbox.identity;
      this.steps.push({ do: 'prepareSandbox', adoptId: sandbox.state.id, attempt });
      return;
    }
    this.#runContainers(containers, sandbox);
  }

  #runContainers(containers: readonly Container[], sandbox: ActualContainer): void {
    const { pod, actual, memory } = this.#input;
    if (hasRunItsCourse(pod, actual)) {
      this.#kill(runningContainers(actual), 'Stopping container', graceSecondsOf(pod));
      return;
    }
    this.#startEphemeral();
    const progress = initProgress(pod, actual, sandbox, memory.verdicts);
    for (const container of progress.toRun) this.#ensure(container, 'init', sandbox);
    if (progress.done) for (const container of containers) this.#ensure(container, 'app', sandbox);
  }

  /** Ephemeral containers start beside everything else, once: whatever becomes of them is the end. */
  #startEphemeral(): void {
    const { pod, actual } = this.#input;
    for (const container of pod.spec?.ephemeralContainers ?? []) {
      const latest = latestOf(actual, container.name);
      if (isRunning(latest) || hasEnded(latest)) continue;
      const target = container.targetContainerName;
      const targetId = target ? latestOf(actual, target)?.state.id : undefined;
      this.#start(container as Container, 'ephemeral', latest, targetId);
    }
  }

  /** Brings one container to run: starts it, starts it again, or ends one that must go. */
  #ensure(container: Container, role: 'init' | 'app', sandbox: ActualContainer): void {
    const { pod, actual } = this.#input;
    const latest = latestOf(actual, container.name);
    if (latest === undefined) this.#start(container, role, undefined);
    else if (isRunning(latest)) this.#judge(container, latest);
    else if (!hasEnded(latest)) this.#start(container, role, latest);
    else if (role === 'init' && !isRestartable(container)) {
      const stale = latest.state.createdAt < sandbox.state.createdAt;
      if (stale) this.#start(container, role, latest);
      else this.#restart(container, role, latest);
    } else if (isRestartable(container) || mustRestart(pod, latest)) {
      this.#restart(container, role, latest);
    }
  }

  #judge(container: Container, running: ActualContainer): void {
    const { pod, memory } = this.#input;
    if (running.identity.specHash !== specHashOf(container)) {
      const why = `Container ${container.name} definition changed, will be restarted`;
      this.#kill([running], why, graceSecondsOf(pod));
      return;
    }
    const unhealthy = memory.verdicts.get(running.state.id)?.unhealthy;
    if (unhealthy === undefined) return;
    const why = `Container ${container.name} failed ${unhealthy.probe} probe, will be restarted`;
    this.#kill([running], why, unhealthy.graceSeconds ?? graceSecondsOf(pod));
  }

  #restart(container: Container, role: 'init' | 'app', ended: ActualContainer): void {
    const { memory, nowMs } = this.#input;
    const until = memory.crashes.waitUntilMs(container.name, endedMsOf(ended), nowMs);
    if (until === undefined) this.#start(container, role, ended);
    else this.#wake(until);
  }

  #start(
    container: Container,
    role: Exclude<ContainerRole, 'sandbox'>,
    last: ActualContainer | undefined,
    targetId?: string,
  ): void {
    const ended = last !== undefined && hasEnded(last) ? last : undefined;
    const leftover = ended === undefined ? last : undefined;
    const attempt =
      ended === undefined ? (last?.identity.attempt ?? 0) : ended.identity.attempt + 1;
    this.steps.push({
      do: 'startContainer',
      role,
      name: container.name,
      attempt,
      previousEndMs: ended && endedMsOf(ended),
      leftoverId: leftover?.state.id,
      ...(targetId === undefined ? {} : { targetId }),
    });
  }
}

/** planPod decides what to do for a pod. It is pure: the same input gives the same steps. */
export function planPod(input: PlanInput): Plan {
  return new Planner(input).plan();
}
