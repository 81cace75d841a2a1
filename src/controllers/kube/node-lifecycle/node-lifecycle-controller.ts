import type { Lease } from '../../../apis/coordination.k8s.io/v1/types.ts';
import type { Node, Pod } from '../../../apis/core/v1/types.ts';
import { LEASES, NODES, PODS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  type Informer,
  source,
} from '../../../controller-kit/controller.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { isConflict, isNotFound } from '../../../machinery/status-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import { isReady } from '../pod-facts.ts';
import { healthTaints, heartbeatOf, readyStatus, unknownConditions } from './node-health.ts';
import { oldLabels } from './node-labels.ts';

const MONITOR_MS = 5000;
const DEFAULT_GRACE_MS = 50_000;
const LEASES_OF_NODES = 'kube-node-lease';

/** NodeLifecycleOptions: `graceMs` is how long an agent may be silent. */
export interface NodeLifecycleOptions {
  readonly graceMs?: number;
}

/**
 * newNodeLifecycleController marks nodes whose agent fell silent as Unknown, taints nodes by their
 * conditions, keeps their old labels, and marks the pods of a node that is not ready as not ready, so
 * that services leave them out (kube-controller-manager's `nodelifecycle`). An agent shows that it lives by its lease or
 * by reports. Silence is measured by this process' own clock, from its own start.
 */
export function newNodeLifecycleController(
  deps: ControllerDeps,
  { graceMs = DEFAULT_GRACE_MS }: NodeLifecycleOptions = {},
): Controller {
  const monitor = new NodeMonitor(deps, graceMs);
  return {
    name: 'node-lifecycle',
    sources: [
      source(NODES, ({ metadata }) => [metadata.name ?? '']),
      source(PODS, () => []),
      source(LEASES, () => []),
    ],
    resyncMs: MONITOR_MS,
    reconcile: async (name) => {
      await monitor.check(name);
      return undefined;
    },
  };
}

class NodeMonitor {
  readonly #deps: ControllerDeps;
  readonly #graceMs: number;
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;
  readonly #leases: Informer<Lease>;
  readonly #seen = new Map<string, { heartbeat: string; atMs: number }>();

  constructor(deps: ControllerDeps, graceMs: number) {
    this.#deps = deps;
    this.#graceMs = graceMs;
    this.#nodes = deps.informers.informer(NODES);
    this.#pods = deps.informers.informer(PODS);
    this.#leases = deps.informers.informer(LEASES);
  }

  async check(name: string): Promise<void> {
    const node = this.#nodes.get(name);
    if (!node) {
      this.#seen.delete(name);
      return;
    }
    const silent = this.#silentMs(name, node) > this.#graceMs;
    const current = silent ? await this.#markUnknown(node) : node;
    const tainted = await this.#label(await this.#taint(current));
    if (readyStatus(tainted) !== 'True') await this.#markPodsNotReady(name);
  }

  #silentMs(name: string, node: Node): number {
    const nowMs = this.#deps.clock.elapsedMs();
    const heartbeat = heartbeatOf(node, this.#leases.get(`${LEASES_OF_NODES}/${name}`));
    const seen = this.#seen.get(name);
    if (seen?.heartbeat === heartbeat) return nowMs - seen.atMs;
    this.#seen.set(name, { heartbeat, atMs: nowMs });
    return 0;
  }

  async #markUnknown(node: Node): Promise<Node> {
    const conditions = unknownConditions(node, timestampOf(this.#deps.clock.now()));
    if (semanticEqual(conditions, node.status?.conditions ?? [])) return node;
    const was = readyStatus(node);
    const status = { ...node.status, conditions };
    const updated = await this.#deps.client.updateStatus(NODES, { ...node, status });
    if (was === 'True') {
      const text = `Node ${node.metadata.name} status is now: NodeNotReady`;
      this.#deps.recorder.event(node, 'Normal', 'NodeNotReady', text);
    }
    return updated;
  }

  async #taint(node: Node): Promise<Node> {
    const taints = healthTaints(node, timestampOf(this.#deps.clock.now()));
    if (semanticEqual(taints, node.spec?.taints ?? [])) return node;
    const { taints: _, ...spec } = node.spec ?? {};
    const changed = taints.length > 0 ? { ...spec, taints } : spec;
    return this.#deps.client.update(NODES, { ...node, spec: changed });
  }

  async #label(node: Node): Promise<Node> {
    const labels = oldLabels(node);
    if (Object.keys(labels).length === 0) return node;
    const { name = '' } = node.metadata;
    const patch = { type: 'application/merge-patch+json', body: { metadata: { labels } } } as const;
    return this.#deps.client.patch(NODES, { name }, patch);
  }

  async #markPodsNotReady(nodeName: string): Promise<void> {
    for (const pod of this.#pods.list()) {
      if (pod.spec?.nodeName !== nodeName || !isReady(pod)) continue;
      const lastTransitionTime = timestampOf(this.#deps.clock.now());
      const conditions = (pod.status?.conditions ?? []).map((one) =>
        one.type === 'Ready' ? { ...one, status: 'False', lastTransitionTime } : one,
      );
      const status = { ...pod.status, conditions };
      await this.#deps.client.updateStatus(PODS, { ...pod, status }).catch((error: unknown) => {
        if (!isNotFound(error) && !isConflict(error)) throw error;
      });
      this.#deps.recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    }
  }
}
