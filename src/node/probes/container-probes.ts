import type { Container, Pod, Probe } from '../../apis/core/v1/types.ts';
import type { AgentParts } from '../pod/agent-parts.ts';
import { containerEvent } from '../pod/pod-actions.ts';
import type { PodMemory, ProbeVerdict } from '../pod/pod-memory.ts';
import { ProbeCounter, type ProbeKind, probeTimesOf } from './probe-counter.ts';
import { runProbe } from './run-probe.ts';

/** ProbedContainer is a running container whose probes are to be run. */
export interface ProbedContainer {
  readonly parts: AgentParts;
  readonly memory: PodMemory;
  readonly pod: () => Pod;
  readonly container: Container;
  readonly containerId: string;
  readonly startedMs: number;
  /** Its verdict before anything was probed. */
  readonly initial: ProbeVerdict;
  /** Called when the verdict is another one. */
  readonly changed: () => void;
}

const TITLES: Readonly<Record<ProbeKind, string>> = {
  startup: 'Startup',
  liveness: 'Liveness',
  readiness: 'Readiness',
};

/** ContainerProbes runs the probes of one running container until it is stopped. */
export class ContainerProbes {
  readonly #of: ProbedContainer;
  readonly #cancels = new Map<ProbeKind, () => void>();
  #stopped = false;

  constructor(of: ProbedContainer) {
    this.#of = of;
    of.memory.verdicts.set(of.containerId, of.initial);
    const { startupProbe, livenessProbe, readinessProbe } = of.container;
    this.#begin('startup', of.initial.started ? undefined : startupProbe);
    this.#begin('liveness', livenessProbe);
    this.#begin('readiness', readinessProbe);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#cancels.values()) cancel();
  }

  get #verdict(): ProbeVerdict {
    return this.#of.memory.verdicts.get(this.#of.containerId) ?? this.#of.initial;
  }

  #set(change: Partial<ProbeVerdict>): void {
    const before = this.#verdict;
    const after = { ...before, ...change };
    this.#of.memory.verdicts.set(this.#of.containerId, after);
    if (JSON.stringify(before) !== JSON.stringify(after)) this.#of.changed();
  }

  #begin(kind: ProbeKind, probe: Probe | undefined): void {
    if (probe === undefined) return;
    const times = probeTimesOf(probe);
    const counter = new ProbeCounter(times);
    const { clock } = this.#of.parts;
    // Where the clock was set back, it began just now.
    const age = Math.max(0, clock.now().getTime() - this.#of.startedMs);
    const later = (ms: number): void => {
      if (this.#stopped) return;
      this.#cancels.set(
        kind,
        clock.setTimer(ms, () => {
          void once().then((goOn) => goOn && later(times.periodMs));
        }),
      );
    };
    const once = async (): Promise<boolean> => {
      if (this.#stopped) return false;
      // A container that an agent finds running is probed once its network is known again.
      if (this.#of.memory.readySandboxId === undefined) return true;
      if (kind !== 'startup' && !this.#verdict.started) return true;
      if (kind === 'liveness' && this.#of.pod().metadata.deletionTimestamp) return false;
      return this.#once(kind, probe, counter);
    };
    later(Math.max(0, times.initialDelayMs - age));
  }

  /** Runs one probe; answers whether it is to be run again. */
  async #once(kind: ProbeKind, probe: Probe, counter: ProbeCounter): Promise<boolean> {
    const { parts, container, containerId, memory, pod } = this.#of;
    const result = await runProbe(
      {
        engine: parts.engine,
        containerId,
        container,
        podIP: memory.podIP ?? '',
        timeoutMs: probeTimesOf(probe).timeoutMs,
      },
      probe,
    );
    if (this.#stopped) return false;
    const success = result.outcome === 'success';
    if (!success) {
      const verb = result.outcome === 'errored' ? 'errored' : 'failed';
      const { signal } = new AbortController();
      containerEvent({ parts, pod: pod(), memory, signal }, container, [
        'Warning',
        'Unhealthy',
        `${TITLES[kind]} probe ${verb}: ${result.message}`,
      ]);
    }
    const believed = counter.count(success);
    return believed === undefined ? true : this.#believe(kind, probe, believed);
  }

  #believe(kind: ProbeKind, probe: Probe, success: boolean): boolean {
    if (kind === 'readiness') {
      this.#set({ ready: success });
      return true;
    }
    if (!success) {
      const seconds = probe.terminationGracePeriodSeconds;
      const grace = seconds === undefined ? {} : { graceSeconds: seconds };
      this.#set({ unhealthy: { probe: kind, ...grace } });
      return false;
    }
    if (kind === 'startup') {
      this.#set({ started: true, ready: this.#of.container.readinessProbe === undefined });
      return false;
    }
    return true;
  }
}
