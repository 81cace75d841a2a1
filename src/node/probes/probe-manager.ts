import type { Container, Pod } from '../../apis/core/v1/types.ts';
import type { ActualContainer, ActualPod } from '../pod/actual-pod.ts';
import { isRunning, latestOf } from '../pod/actual-pod.ts';
import type { AgentParts } from '../pod/agent-parts.ts';
import type { PodMemory, ProbeVerdict } from '../pod/pod-memory.ts';
import { containerIdOf } from '../status/container-status.ts';
import { ContainerProbes } from './container-probes.ts';

/** ProbeManagerDeps is what the probes of one pod need. */
export interface ProbeManagerDeps {
  readonly parts: AgentParts;
  readonly memory: PodMemory;
  readonly pod: () => Pod;
  readonly changed: () => void;
}

/**
 * firstVerdict is what is believed of a container before it was probed. One that ran before the
 * agent did keeps what its status says, so that a restart takes no pod out of its services.
 */
function firstVerdict(pod: Pod, container: Container, running: ActualContainer): ProbeVerdict {
  const statuses = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []),
  ];
  const known = statuses.find(({ containerID }) => containerID === containerIdOf(running));
  const started = known?.started || container.startupProbe === undefined;
  const unprobed = started && container.readinessProbe === undefined;
  return { started, ready: known?.ready || unprobed };
}

/** ProbeManager runs the probes of the containers of a pod that run. */
export class ProbeManager {
  readonly #deps: ProbeManagerDeps;
  readonly #probes = new Map<string, ContainerProbes>();

  constructor(deps: ProbeManagerDeps) {
    this.#deps = deps;
  }

  /** follow begins with containers that run and ends with those that do not any more. */
  follow(pod: Pod, actual: ActualPod): void {
    const running = new Set<string>();
    const { containers = [], initContainers = [] } = pod.spec ?? {};
    for (const container of [...initContainers, ...containers]) {
      const latest = latestOf(actual, container.name);
      if (latest === undefined || !isRunning(latest)) continue;
      running.add(latest.state.id);
      if (!this.#probes.has(latest.state.id)) this.#begin(pod, container, latest);
    }
    for (const [id, probes] of this.#probes) {
      if (running.has(id)) continue;
      probes.stop();
      this.#probes.delete(id);
      this.#deps.memory.verdicts.delete(id);
    }
  }

  stop(): void {
    for (const probes of this.#probes.values()) probes.stop();
    this.#probes.clear();
  }

  #begin(pod: Pod, container: Container, running: ActualContainer): void {
    const { parts, memory } = this.#deps;
    const probes = new ContainerProbes({
      parts,
      memory,
      pod: this.#deps.pod,
      container,
      containerId: running.state.id,
      startedMs: Date.parse(running.state.startedAt ?? running.state.createdAt),
      initial: firstVerdict(pod, container, running),
      changed: this.#deps.changed,
    });
    this.#probes.set(running.state.id, probes);
  }
}
