import type { Node, Pod } from '../../../apis/core/v1/types.ts';
import { NODES, PODS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  type Informer,
  source,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isConflict, isNotFound } from '../../../machinery/status-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import { isFinished } from '../pod-facts.ts';

/** How often pods are swept. */
const SWEEP_MS = 20_000;
/** A node must be missing for so long before its pods count as orphans. */
const QUARANTINE_MS = 40_000;
/** So many pods that have ended are kept. */
const DEFAULT_THRESHOLD = 12_500;

/** PodGcOptions: `terminatedThreshold` is how many pods that have ended are kept. */
export interface PodGcOptions {
  readonly terminatedThreshold?: number;
}

/**
 * newPodGcController removes pods that nobody else would: the oldest of too many that have ended,
 * those of nodes that are gone, and those that are being deleted without ever having had a node
 * (kube-controller-manager's `podgc`).
 */
export function newPodGcController(deps: ControllerDeps, options: PodGcOptions = {}): Controller {
  const sweeper = new Sweeper(deps, options.terminatedThreshold ?? DEFAULT_THRESHOLD);
  return {
    name: 'pod-gc',
    sources: [source(PODS, () => []), source(NODES, () => [])],
    begin: (enqueue) => {
      enqueue('sweep');
      return () => undefined;
    },
    reconcile: async () => {
      await sweeper.sweep();
      return { requeueAfterMs: SWEEP_MS };
    },
  };
}

class Sweeper {
  readonly #deps: ControllerDeps;
  readonly #threshold: number;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  /** When each node that pods name was first found missing. */
  readonly #missing = new Map<string, number>();

  constructor(deps: ControllerDeps, threshold: number) {
    this.#deps = deps;
    this.#threshold = threshold;
    this.#pods = deps.informers.informer(PODS);
    this.#nodes = deps.informers.informer(NODES);
  }

  async sweep(): Promise<void> {
    const pods = this.#pods.list();
    for (const pod of this.#surplus(pods)) await this.#remove(pod);
    for (const pod of await this.#orphans(pods)) await this.#fail(pod);
    for (const pod of pods) {
      if (pod.metadata.deletionTimestamp && !pod.spec?.nodeName) await this.#remove(pod);
    }
  }

  #surplus(pods: readonly Pod[]): Pod[] {
    const ended = pods.filter((pod) => isFinished(pod) && !pod.metadata.deletionTimestamp);
    const count = Math.max(0, ended.length - this.#threshold);
    const age = (pod: Pod) => pod.metadata.creationTimestamp ?? '';
    return ended.sort((a, b) => (age(a) < age(b) ? -1 : 1)).slice(0, count);
  }

  async #orphans(pods: readonly Pod[]): Promise<Pod[]> {
    const now = this.#deps.clock.now().getTime();
    const named = new Set(pods.flatMap((pod) => pod.spec?.nodeName ?? []));
    for (const name of [...this.#missing.keys()]) {
      if (!named.has(name) || this.#nodes.get(name)) this.#missing.delete(name);
    }
    const gone = new Set<string>();
    for (const name of named) {
      if (this.#nodes.get(name)) continue;
      const since = this.#missing.get(name) ?? now;
      this.#missing.set(name, since);
      if (now - since >= QUARANTINE_MS && !(await this.#nodeExists(name))) gone.add(name);
    }
    return pods.filter((pod) => gone.has(pod.spec?.nodeName ?? ''));
  }

  async #nodeExists(name: string): Promise<boolean> {
    try {
      await this.#deps.client.get(NODES, { name });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /** fail marks an orphan as failed, so that its controller counts it as lost, and removes it. */
  async #fail(pod: Pod): Promise<void> {
    if (!isFinished(pod)) {
      const others = (pod.status?.conditions ?? []).filter(
        (one) => one.type !== 'DisruptionTarget',
      );
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByPodGC',
        message: 'PodGC: node no longer exists',
        lastTransitionTime: timestampOf(this.#deps.clock.now()),
      };
      const status = { ...pod.status, phase: 'Failed', conditions: [...others, condition] };
      await this.#deps.client.updateStatus(PODS, { ...pod, status }).catch(ignoreGone);
    }
    await this.#remove(pod);
  }

  async #remove(pod: Pod): Promise<void> {
    const { namespace, name = '', uid = '' } = pod.metadata;
    this.#deps.log.info({ pod: objectKey(pod) }, 'removing a pod that nobody else would');
    const options = { gracePeriodSeconds: 0, preconditions: { uid } };
    await this.#deps.client.delete(PODS, { namespace, name }, options).catch(ignoreGone);
  }
}

function ignoreGone(error: unknown): undefined {
  if (isNotFound(error) || isConflict(error)) return undefined;
  throw error;
}
