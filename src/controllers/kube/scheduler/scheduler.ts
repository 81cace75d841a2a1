import type { Node, PersistentVolumeClaim, Pod } from '../../../apis/core/v1/types.ts';
import {
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  STORAGE_CLASSES,
} from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  type Informer,
  type ReconcileResult,
  source,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isConflict, isNotFound } from '../../../machinery/status-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import { isFinished, podCondition } from '../pod-facts.ts';
import { refusalOf } from './filters.ts';
import { fitMessage, nowhereMessage } from './fit-error.ts';
import { type NodeState, nodeState } from './node-state.ts';
import { PodAffinity } from './pod-affinity.ts';
import { PodVolumes, usesClaim } from './pod-volumes.ts';
import { bestNode } from './score.ts';

/** SCHEDULER_NAME is what `spec.schedulerName` must be, or absent. */
const SCHEDULER_NAME = 'default-scheduler';
const BY_NODE = 'scheduler-node';
const UNBOUND = 'scheduler-unbound';
/** A pod that fits nowhere is tried again after so long even if nothing changes. */
const RETRY_MS = 300_000;

/**
 * newScheduler binds pods to nodes: filters by cordon, taints, selectors, affinity, ports and
 * requests, then prefers the node with the most room (kube-scheduler's default profile, without
 * preemption and topology spread). A pod whose claims wait for it gets volumes first.
 */
export function newScheduler(deps: ControllerDeps): Controller {
  const scheduler = new Scheduler(deps);
  return {
    name: 'scheduler',
    concurrency: 1,
    sources: [
      {
        type: PODS,
        keys: ({ current, previous }) =>
          scheduler.podChanged(current as Pod | undefined, previous as Pod | undefined),
      },
      source(NODES, (node, previous) => scheduler.nodeChanged(node, previous)),
      source(NAMESPACES, () => []),
      source(PERSISTENT_VOLUME_CLAIMS, (claim) => scheduler.claimChanged(claim)),
      source(PERSISTENT_VOLUMES, () => scheduler.claimChanged()),
      source(STORAGE_CLASSES, () => scheduler.claimChanged()),
    ],
    reconcile: (key) => scheduler.schedule(key),
  };
}

/**
 * INVARIANTS: one pod at a time. `#assumed` holds pods that were bound and that the informer does
 * not show as bound yet, so that their requests count from the moment of the binding.
 */
class Scheduler {
  readonly #deps: ControllerDeps;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #volumes: PodVolumes;
  readonly #assumed = new Map<string, Pod>();

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
    this.#pods = deps.informers.informer(PODS);
    this.#nodes = deps.informers.informer(NODES);
    this.#volumes = new PodVolumes(deps);
    this.#pods.addIndex(BY_NODE, (pod) => {
      const { nodeName } = pod.spec ?? {};
      return nodeName && !isFinished(pod) ? [nodeName] : [];
    });
    this.#pods.addIndex(UNBOUND, (pod) => (wantsNode(pod) ? ['yes'] : []));
  }

  /** podChanged: a pod that wants a node asks for itself; one that frees room asks for all. */
  podChanged(current: Pod | undefined, previous: Pod | undefined): string[] {
    const { uid = '' } = (current ?? previous)?.metadata ?? {};
    if (!current || current.spec?.nodeName) this.#assumed.delete(uid);
    if (current && wantsNode(current)) {
      const same = previous && previous !== current && wishesOf(previous) === wishesOf(current);
      return same ? [] : [objectKey(current)];
    }
    const tookRoom = previous?.spec?.nodeName && !isFinished(previous);
    const takesRoom = current?.spec?.nodeName && !isFinished(current);
    return tookRoom && !takesRoom ? this.#unbound() : [];
  }

  /** nodeChanged: a node that came, or changed in what scheduling looks at, asks for all. */
  nodeChanged(node: Node, previous: Node | undefined): string[] {
    const same = previous && previous !== node && aspectsOf(node) === aspectsOf(previous);
    return same ? [] : this.#unbound();
  }

  /** claimChanged asks for the pods that wait with a claim, or with any. */
  claimChanged(claim?: PersistentVolumeClaim): string[] {
    const waiting = this.#pods.byIndex(UNBOUND, 'yes').filter((pod) => usesClaim(pod, claim));
    return waiting.map(objectKey);
  }

  async schedule(key: string): Promise<ReconcileResult | undefined> {
    const pod = this.#pods.get(key);
    if (!pod || !wantsNode(pod) || this.#assumed.has(pod.metadata.uid ?? '')) return undefined;
    const states = this.#states();
    const needs = this.#volumes.needsOf(pod);
    if (typeof needs === 'string') return this.#wait(pod, nowhereMessage(needs, states.length));
    const labels = (namespace: string) =>
      this.#deps.informers.informer(NAMESPACES).get(namespace)?.metadata.labels;
    const affinity = new PodAffinity(pod, states, labels);
    const volumes = (node: Node) => this.#volumes.refusalOf(needs, node);
    const surroundings = { affinity, volumes };
    const refusals = new Map(states.map((state) => [state, refusalOf(pod, state, surroundings)]));
    const fitting = states.filter((state) => refusals.get(state) === undefined);
    const best = bestNode(pod, fitting);
    if (!best) {
      const reasons = [...refusals.values()].filter((one) => one !== undefined);
      return this.#wait(pod, fitMessage(reasons));
    }
    if (needs.waiting.length > 0) await this.#volumes.hold(needs, best.node);
    else await this.#bind(pod, best.name);
    return undefined;
  }

  async #wait(pod: Pod, message: string): Promise<ReconcileResult> {
    await this.#report(pod, message);
    return { requeueAfterMs: RETRY_MS };
  }

  #unbound(): string[] {
    return this.#pods.byIndex(UNBOUND, 'yes').map(objectKey);
  }

  #states(): NodeState[] {
    const assumed = [...this.#assumed.values()];
    return this.#nodes.list().map((node) => {
      const { name = '' } = node.metadata;
      const shown = this.#pods.byIndex(BY_NODE, name);
      return nodeState(node, [...shown, ...assumed.filter((pod) => pod.spec?.nodeName === name)]);
    });
  }

  async #bind(pod: Pod, nodeName: string): Promise<void> {
    const { namespace = '', name = '', uid = '' } = pod.metadata;
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace, name, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
    };
    const spec = { ...pod.spec, containers: pod.spec?.containers ?? [], nodeName };
    this.#assumed.set(uid, { ...pod, spec });
    try {
      await this.#deps.client.post(PODS, { namespace, name }, 'binding', binding);
    } catch (error) {
      this.#assumed.delete(uid);
      if (isNotFound(error) || isConflict(error)) return;
      throw error;
    }
    // The informer may have shown the bound pod, or its end, before the binding was answered.
    const shown = this.#pods.get(objectKey(pod));
    if (shown?.metadata.uid !== uid || shown.spec?.nodeName) this.#assumed.delete(uid);
    const text = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
    this.#deps.recorder.event(pod, 'Normal', 'Scheduled', text);
  }

  async #report(pod: Pod, message: string): Promise<void> {
    this.#deps.recorder.event(pod, 'Warning', 'FailedScheduling', message);
    const held = podCondition(pod, 'PodScheduled');
    if (held?.status === 'False' && held.message === message) return;
    const others = (pod.status?.conditions ?? []).filter((one) => one.type !== 'PodScheduled');
    const lastTransitionTime =
      held?.status === 'False' && held.lastTransitionTime
        ? held.lastTransitionTime
        : timestampOf(this.#deps.clock.now());
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime,
    };
    const status = { phase: 'Pending', ...pod.status, conditions: [...others, condition] };
    await this.#deps.client.updateStatus(PODS, { ...pod, status }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

function wantsNode(pod: Pod): boolean {
  const { nodeName, schedulerName = SCHEDULER_NAME, schedulingGates = [] } = pod.spec ?? {};
  if (nodeName || pod.metadata.deletionTimestamp || isFinished(pod)) return false;
  return schedulerName === SCHEDULER_NAME && schedulingGates.length === 0;
}

/** wishesOf is what scheduling looks at in a pod; its own report in the status is not among it. */
function wishesOf({ metadata, spec }: Pod): string {
  return JSON.stringify([metadata.uid, metadata.labels, spec]);
}

/** aspectsOf is what scheduling looks at in a node; heartbeats are not among it. */
function aspectsOf({ metadata, spec, status }: Node): string {
  return JSON.stringify([metadata.labels, spec?.unschedulable, spec?.taints, status?.allocatable]);
}
