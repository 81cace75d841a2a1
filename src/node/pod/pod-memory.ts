import type { PersistentVolume } from '../../apis/core/v1/types.ts';
import { CrashBackOff } from './crash-back-off.ts';

/** WaitingReason is why a container does not run, as its status shows it. */
export interface WaitingReason {
  readonly reason: string;
  readonly message?: string;
}

/** ProbeVerdict is what the probes of one running container have found. */
export interface ProbeVerdict {
  readonly started: boolean;
  readonly ready: boolean;
  /** Set when a liveness or startup probe failed often enough that the container must go. */
  readonly unhealthy?: { readonly probe: 'liveness' | 'startup'; readonly graceSeconds?: number };
}

/**
 * PodMemory is what the agent knows of a pod that neither the API nor the engine can tell it. It
 * is lost with the process: everything in it is found again, or only costs a repetition.
 */
export interface PodMemory {
  /** The sandbox that volumes and network are ready for. */
  readySandboxId: string | undefined;
  /** The persistent volumes of the pod's claims, by the name of its volume, once they are mounted. */
  claimed: ReadonlyMap<string, PersistentVolume>;
  /** How long the last wait for another try of the sandbox was. */
  sandboxRetryMs: number;
  podIP: string | undefined;
  /** Why containers wait, by name. */
  readonly waiting: Map<string, WaitingReason>;
  /** Not before this time may a step be tried again, by its key. */
  readonly notBeforeMs: Map<string, number>;
  readonly crashes: CrashBackOff;
  /** By container id. */
  readonly verdicts: Map<string, ProbeVerdict>;
  /** Termination messages by container id. */
  readonly messages: Map<string, string>;
  /** Image ids as the status shows them, by the engine's image id. */
  readonly imageNames: Map<string, string>;
  /** Containers that are being ended, by container id. */
  readonly kills: Map<string, { readonly startedMs: number; graceSeconds: number }>;
  /** Set when the pod must end whatever its containers do: DeadlineExceeded, Evicted. */
  failure: { readonly reason: string; readonly message: string } | undefined;
}

/** newPodMemory is the memory of a pod that was never seen before. */
export function newPodMemory(): PodMemory {
  return {
    readySandboxId: undefined,
    claimed: new Map(),
    sandboxRetryMs: 0,
    podIP: undefined,
    waiting: new Map(),
    notBeforeMs: new Map(),
    crashes: new CrashBackOff(),
    verdicts: new Map(),
    messages: new Map(),
    imageNames: new Map(),
    kills: new Map(),
    failure: undefined,
  };
}
