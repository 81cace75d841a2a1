import type { Pod, PodStatus } from '../../apis/core/v1/types.ts';
import { PODS } from '../../apis/resource-types.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import { isConflict, isNotFound } from '../../machinery/status-error.ts';
import { ProbeManager } from '../probes/probe-manager.ts';
import { podStatus } from '../status/pod-status.ts';
import { podDirectory } from '../volumes/pod-directory.ts';
import { refreshVolumes } from '../volumes/pod-volumes.ts';
import { type ActualPod, hasEnded, NOTHING, observePod } from './actual-pod.ts';
import type { AgentParts } from './agent-parts.ts';
import { noteBackOffs } from './back-off-notes.ts';
import { killContainer } from './kill-container.ts';
import { graceSecondsOf, isFinished, planPod } from './plan.ts';
import { containerOf, messageOf, type PodActions, payloadContext } from './pod-actions.ts';
import { newPodMemory, type PodMemory } from './pod-memory.ts';
import { prepareSandbox, stopSandbox } from './prepare-sandbox.ts';
import { startContainer } from './start-container.ts';
import { type Step, stepKey } from './steps.ts';
import { TaskBoard } from './task-board.ts';
import { terminationMessage } from './termination-message.ts';

const RETRY_MS = 1000;
const STOP_PATIENCE_MS = 3000;

/**
 * PodWorker keeps one pod as it should be: it looks, decides, writes the status and acts, again
 * and again until there is nothing to do.
 *
 * INVARIANTS: one look at a time; steps run beside it on the task board; the status is written by
 * the looking only, so that no older status overwrites a newer one.
 */
export class PodWorker {
  readonly memory: PodMemory = newPodMemory();
  readonly #parts: AgentParts;
  readonly #tasks: TaskBoard;
  readonly #probes: ProbeManager;
  readonly #abort = new AbortController();
  #pod: Pod;
  #written: PodStatus | undefined;
  #actual: ActualPod = NOTHING;
  #dirty = false;
  #looking: Promise<void> | undefined;
  #cancelWake: () => void = () => undefined;
  #stopped = false;

  constructor(parts: AgentParts, pod: Pod) {
    this.#parts = parts;
    this.#pod = pod;
    this.memory.podIP = pod.status?.podIP;
    this.#tasks = new TaskBoard((key, error) => this.#onTaskDone(key, error));
    this.#probes = new ProbeManager({
      parts,
      memory: this.memory,
      pod: () => this.#pod,
      changed: () => this.kick(),
    });
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** status is the pod's status as it was written last. */
  get status(): PodStatus | undefined {
    return this.#withWrittenStatus().status;
  }

  /** actual is what the engine had at the last look. */
  get actual(): ActualPod {
    return this.#actual;
  }

  /** update gives the worker the newest state of its pod. */
  update(pod: Pod): void {
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp) this.#abort.abort();
    this.kick();
  }

  /** kick makes the worker look again, now or as soon as it has ended its present look. */
  kick(): void {
    if (this.#stopped) return;
    this.#dirty = true;
    this.#looking ??= this.#loop().finally(() => {
      this.#looking = undefined;
      if (this.#dirty) this.kick();
    });
  }

  /** retryNow tries again what waits for a change of a config map or secret. */
  retryNow(): void {
    for (const key of this.memory.notBeforeMs.keys()) {
      const reason = this.memory.waiting.get(key.slice('container/'.length))?.reason;
      if (key === 'sandbox' || reason === 'CreateContainerConfigError') {
        this.memory.notBeforeMs.delete(key);
      }
    }
    this.refresh();
    this.kick();
  }

  /** refresh brings the files of volumes up to date with what they are made from. */
  refresh(): void {
    if (this.memory.readySandboxId === undefined || this.#abort.signal.aborted) return;
    const uid = this.#pod.metadata.uid ?? '';
    this.#tasks.run('volumes', async () => {
      const directory = podDirectory(this.#parts.dataDirectory, uid);
      await refreshVolumes(this.#pod, directory, await payloadContext(this.#actions()));
    });
  }

  /**
   * stop ends the worker and leaves everything that runs running. Steps that are under way are
   * waited for, for a while: a pull is given up, the end of a container may take long.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#abort.abort();
    this.#cancelWake();
    this.#probes.stop();
    await this.#looking;
    await Promise.race([this.#tasks.idle(), this.#patience()]);
  }

  #patience(): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.clock.setTimer(STOP_PATIENCE_MS, resolve);
    });
  }

  #actions(): PodActions {
    const { signal } = this.#abort;
    return { parts: this.#parts, pod: this.#pod, memory: this.memory, signal };
  }

  #onTaskDone(key: string, error: unknown): void {
    if (error !== undefined) {
      const { name, namespace } = this.#pod.metadata;
      this.#parts.log.warn({ err: error, pod: `${namespace}/${name}`, step: key }, 'a step failed');
      this.memory.notBeforeMs.set(key, this.#now() + RETRY_MS);
    }
    this.kick();
  }

  #now(): number {
    return this.#parts.clock.now().getTime();
  }

  async #loop(): Promise<void> {
    while (this.#dirty && !this.#stopped) {
      this.#dirty = false;
      try {
        await this.#look();
      } catch (error) {
        const { name, namespace } = this.#pod.metadata;
        this.#parts.log.warn({ err: error, pod: `${namespace}/${name}` }, 'a look at a pod failed');
        this.#wakeAt(this.#now() + RETRY_MS);
        return;
      }
    }
  }

  async #look(): Promise<void> {
    const { engine, owner } = this.#parts;
    const busy = this.#tasks.busy;
    this.#actual = await observePod(engine, owner, this.#pod.metadata.uid ?? '');
    await this.#collectMessages();
    this.#checkDeadline();
    this.#shortenKills();
    const pod = this.#withWrittenStatus();
    this.#probes.follow(pod, this.#actual);
    const nowMs = this.#now();
    const { steps, wakeAtMs } = planPod({
      pod,
      actual: this.#actual,
      memory: this.memory,
      busy: new Set([...busy, ...this.#tasks.busy]),
      nowMs,
    });
    await this.#writeStatus(pod, nowMs);
    for (const step of steps) this.#tasks.run(stepKey(step), () => this.#execute(step));
    const noted = noteBackOffs(this.#actions(), this.#actual, nowMs);
    this.#wakeAt(Math.min(wakeAtMs ?? Infinity, noted ?? Infinity, this.#deadlineMs() ?? Infinity));
  }

  #execute(step: Step): Promise<void> {
    const actions = this.#actions();
    switch (step.do) {
      case 'prepareSandbox':
        return prepareSandbox(actions, step);
      case 'stopSandbox':
        return stopSandbox(actions, step.ids);
      case 'startContainer':
        return startContainer(actions, step);
      case 'killContainer':
        return killContainer(actions, step);
      case 'finishDeletion':
        return this.#finishDeletion();
    }
  }

  #wakeAt(atMs: number): void {
    this.#cancelWake();
    if (atMs === Infinity || this.#stopped) return;
    const delay = Math.max(0, atMs - this.#now());
    this.#cancelWake = this.#parts.clock.setTimer(delay, () => this.kick());
  }

  /** The pod with the status that was written last, which the watched copy may not have yet. */
  #withWrittenStatus(): Pod {
    const { status } = this.#pod;
    const written = this.#written;
    if (written === undefined || isFinished(this.#pod)) return this.#pod;
    const own = new Set((written.conditions ?? []).map(({ type }) => type));
    const others = (status?.conditions ?? []).filter(({ type }) => !own.has(type));
    return {
      ...this.#pod,
      status: { ...written, conditions: [...(written.conditions ?? []), ...others] },
    };
  }

  #deadlineMs(): number | undefined {
    const { spec, status } = this.#pod;
    const start = (this.#written ?? status)?.startTime;
    if (spec?.activeDeadlineSeconds === undefined || start === undefined) return undefined;
    if (isFinished(this.#pod) || this.memory.failure) return undefined;
    return Date.parse(start) + spec.activeDeadlineSeconds * 1000;
  }

  #checkDeadline(): void {
    const deadline = this.#deadlineMs();
    if (deadline === undefined || this.#now() < deadline) return;
    const message = 'Pod was active on the node longer than the specified deadline';
    this.memory.failure = { reason: 'DeadlineExceeded', message };
    this.#parts.recorder.event(this.#pod, 'Normal', 'DeadlineExceeded', message);
  }

  #shortenKills(): void {
    const graceSeconds = graceSecondsOf(this.#pod);
    for (const [id, kill] of this.memory.kills) {
      if (graceSeconds >= kill.graceSeconds) continue;
      kill.graceSeconds = graceSeconds;
      const left = kill.startedMs + graceSeconds * 1000 - this.#parts.clock.elapsedMs();
      this.#parts.clock.setTimer(Math.max(0, left), () => {
        if (!this.memory.kills.has(id)) return;
        // It may have ended by itself in the meantime.
        this.#parts.engine.killContainer(id, 'SIGKILL').catch(() => undefined);
      });
    }
  }

  async #collectMessages(): Promise<void> {
    const directory = podDirectory(this.#parts.dataDirectory, this.#pod.metadata.uid ?? '');
    const ended = [...this.#actual.containers.values()].flat().filter(hasEnded);
    for (const one of ended) {
      if (this.memory.messages.has(one.state.id)) continue;
      const { name, attempt } = one.identity;
      const path = directory.terminationLog(name, attempt);
      const container = containerOf(this.#pod, name);
      const message = await terminationMessage(this.#parts.engine, container, one, path);
      this.memory.messages.set(one.state.id, message);
    }
  }

  async #writeStatus(pod: Pod, nowMs: number): Promise<void> {
    const status = podStatus({
      pod,
      actual: this.#actual,
      memory: this.memory,
      hostIP: this.#parts.nodeAddress,
      nowMs,
    });
    if (deepEqual(status, pod.status)) return;
    const { name = '', namespace, uid } = pod.metadata;
    const gone = Object.keys(pod.status ?? {}).filter((key) => !(key in status));
    const removed = Object.fromEntries(gone.map((key) => [key, null]));
    try {
      await this.#parts.client.patch(
        PODS,
        { namespace, name },
        {
          type: 'application/merge-patch+json',
          body: { metadata: { uid }, status: { ...removed, ...status } },
        },
        { subresource: 'status' },
      );
      this.#written = status;
    } catch (error) {
      // The pod is gone, or another one has its name: the watch will tell.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  async #finishDeletion(): Promise<void> {
    const { name = '', namespace, uid } = this.#pod.metadata;
    try {
      await this.#parts.client.delete(
        PODS,
        { namespace, name },
        { gracePeriodSeconds: 0, preconditions: uid === undefined ? {} : { uid } },
      );
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) return;
      throw new Error(`cannot finish the deletion of a pod: ${messageOf(error)}`, { cause: error });
    }
  }
}
