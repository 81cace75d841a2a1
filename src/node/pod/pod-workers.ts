import type { Pod } from '../../apis/core/v1/types.ts';
import type { Informer } from '../../controller-kit/controller.ts';
import { LABELS } from '../labels.ts';
import type { AgentParts } from './agent-parts.ts';
import { podsOnNode, removeAll, removeRemains, superfluous } from './garbage.ts';
import { referencesOf } from './object-sources.ts';
import { PodWorker } from './pod-worker.ts';

const GARBAGE_MS = 10_000;
const RECONNECT_MS = 1000;
/** How often all pods are looked at without a reason. */
const RESYNC_MS = 60_000;

/** PodWorkersOptions say which pods the workers are for. */
export interface PodWorkersOptions {
  readonly parts: AgentParts;
  readonly pods: Informer<Pod>;
  readonly nodeName: string;
}

/**
 * PodWorkers keeps one worker for each pod of the node, wakes them when something happened, and
 * clears away what pods that are gone have left.
 */
export class PodWorkers {
  readonly #options: PodWorkersOptions;
  readonly #workers = new Map<string, PodWorker>();
  readonly #abort = new AbortController();
  /** Pods that are gone and whose remains are still there. */
  readonly #gone = new Set<string>();
  #collecting: Promise<void> | undefined;
  #cancelGarbage: () => void = () => undefined;
  #cancelResync: () => void = () => undefined;
  #following: Promise<void> = Promise.resolve();

  constructor(options: PodWorkersOptions) {
    this.#options = options;
  }

  /** start adopts what runs and follows pods and engine from now on. */
  async start(): Promise<void> {
    const { parts, pods, nodeName } = this.#options;
    await Promise.all([pods.synced(), parts.sources.synced()]);
    for (const pod of pods.list()) if (pod.spec?.nodeName === nodeName) this.#update(pod);
    pods.onChange(({ current, previous }) => {
      if (this.#abort.signal.aborted) return;
      const uid = previous?.metadata.uid;
      if (uid !== undefined && uid !== current?.metadata.uid) this.#forget(uid);
      if (current?.spec?.nodeName === nodeName) this.#update(current);
    });
    parts.sources.onChange((namespace, kind, name) => {
      for (const worker of this.#workers.values()) {
        if (worker.pod.metadata.namespace !== namespace) continue;
        if (referencesOf(worker.pod)[kind].has(name)) worker.retryNow();
      }
    });
    for (const uid of await podsOnNode(parts)) if (!this.#workers.has(uid)) this.#gone.add(uid);
    this.#scheduleGarbage(this.#gone.size > 0 ? 0 : GARBAGE_MS);
    this.#scheduleResync();
    this.#following = this.#followEngine();
  }

  /** stop ends the workers; what runs goes on running. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#cancelGarbage();
    this.#cancelResync();
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
    await this.#collecting;
    await this.#following;
  }

  /** find answers the worker of a pod by namespace and name. */
  find(namespace: string, name: string): PodWorker | undefined {
    return [...this.#workers.values()].find(
      ({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name,
    );
  }

  #update(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const known = this.#workers.get(uid);
    if (known !== undefined) {
      known.update(pod);
      return;
    }
    const worker = new PodWorker(this.#options.parts, pod);
    this.#workers.set(uid, worker);
    worker.kick();
  }

  #forget(uid: string): void {
    const worker = this.#workers.get(uid);
    if (worker === undefined) return;
    this.#workers.delete(uid);
    void worker.stop().then(() => {
      this.#gone.add(uid);
      const runs = worker.actual.sandboxes.some(({ state }) => state.status === 'running');
      if (runs) this.#scheduleGarbage(0);
    });
  }

  #scheduleGarbage(ms: number): void {
    this.#cancelGarbage();
    if (this.#abort.signal.aborted) return;
    this.#cancelGarbage = this.#options.parts.clock.setTimer(ms, () => {
      this.#collecting ??= this.#collect().finally(() => {
        this.#collecting = undefined;
        this.#scheduleGarbage(GARBAGE_MS);
      });
    });
  }

  /** Removing is slow and makes others slow: it is done in batches, one container at a time. */
  async #collect(): Promise<void> {
    const { parts } = this.#options;
    for (const uid of this.#gone) {
      try {
        await removeRemains(parts, uid);
        this.#gone.delete(uid);
      } catch (error) {
        parts.log.warn({ err: error, uid }, 'the remains of a pod cannot be removed yet');
      }
    }
    for (const worker of this.#workers.values()) {
      await removeAll(parts.engine, superfluous(worker.actual));
    }
  }

  #scheduleResync(): void {
    if (this.#abort.signal.aborted) return;
    const { parts } = this.#options;
    this.#cancelResync = parts.clock.setTimer(RESYNC_MS, () => {
      for (const worker of this.#workers.values()) {
        worker.refresh();
        worker.kick();
      }
      this.#scheduleResync();
    });
  }

  /** Follows what happens to containers; after a break everything is looked at anew. */
  async #followEngine(): Promise<void> {
    const { parts } = this.#options;
    const { signal } = this.#abort;
    const labels = [`${LABELS.owner}=${parts.owner}`];
    while (!signal.aborted) {
      try {
        for await (const event of parts.engine.events({ labels, signal })) {
          if (event.action !== 'die' && event.action !== 'destroy') continue;
          this.#workers.get(event.labels[LABELS.podUid] ?? '')?.kick();
        }
      } catch (error) {
        parts.log.warn({ err: error }, 'the engine does not tell its events');
      }
      if (signal.aborted) return;
      await this.#pause();
      for (const worker of this.#workers.values()) worker.kick();
    }
  }

  #pause(): Promise<void> {
    const { signal } = this.#abort;
    return new Promise((resolve) => {
      const finish = () => {
        cancel();
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const cancel = this.#options.parts.clock.setTimer(RECONNECT_MS, finish);
      signal.addEventListener('abort', finish, { once: true });
    });
  }
}
