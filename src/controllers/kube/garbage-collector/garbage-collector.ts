import type { Client } from '../../../client/client.ts';
import type { Discovery } from '../../../client/discovery.ts';
import type {
  Controller,
  ControllerDeps,
  ReconcileResult,
} from '../../../controller-kit/controller.ts';
import type { OwnerReference } from '../../../machinery/meta/v1.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import {
  FOREGROUND,
  type GraphNode,
  ObjectGraph,
  ORPHAN,
  orphansDependents,
  waitsForDependents,
} from './object-graph.ts';
import { classifyOwners } from './owners.ts';
import { ResourceMonitor } from './resource-monitor.ts';

/** While the first lists are under way nothing is decided; it is looked at again after so long. */
const WAIT_MS = 250;

/**
 * newGarbageCollector deletes objects whose owners are gone, and finishes deletes with the policies
 * Foreground and Orphan, over every resource that discovery names (kube-controller-manager's
 * `garbagecollector`). Its keys are uids.
 */
export function newGarbageCollector(
  deps: ControllerDeps,
  discover: () => Promise<Discovery>,
): Controller {
  const graph = new ObjectGraph();
  const monitor = new ResourceMonitor(deps, graph, discover);
  const collector = new Collector(deps.client, graph, monitor);
  return {
    name: 'garbage-collector',
    concurrency: 8,
    sources: [],
    begin: (enqueue) => {
      collector.enqueue = enqueue;
      monitor.start(enqueue);
      return () => monitor.stop();
    },
    reconcile: async (uid) => {
      if (!monitor.complete) return { requeueAfterMs: WAIT_MS };
      return collector.collect(uid);
    },
  };
}

class Collector {
  enqueue: (uid: string) => void = () => undefined;
  readonly #client: Client;
  readonly #graph: ObjectGraph;
  readonly #monitor: ResourceMonitor;

  constructor(client: Client, graph: ObjectGraph, monitor: ResourceMonitor) {
    this.#client = client;
    this.#graph = graph;
    this.#monitor = monitor;
  }

  async collect(uid: string): Promise<ReconcileResult | undefined> {
    const node = this.#graph.get(uid);
    if (!node) return undefined;
    if (orphansDependents(node)) return this.#orphan(node);
    if (waitsForDependents(node)) return this.#finishForeground(node);
    if (node.deleting || node.owners.length === 0) return undefined;
    const live = await this.#live(node);
    if (live && !live.metadata.deletionTimestamp) await this.#checkOwners(node, live);
    return undefined;
  }

  /** live is the object as the API has it now; the graph may be behind, or it another one by now. */
  async #live(node: GraphNode): Promise<KubeObject | undefined> {
    try {
      const object = await this.#client.get(node.type, refOf(node));
      return object.metadata.uid === node.uid ? object : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #checkOwners(node: GraphNode, live: KubeObject): Promise<void> {
    const lookup = {
      client: this.#client,
      graph: this.#graph,
      typeOf: (apiVersion: string, kind: string) => {
        const type = this.#monitor.typeOf(apiVersion, kind);
        if (!type) this.#monitor.decideLater(node.uid);
        return type;
      },
    };
    const { solid, dangling, waiting } = await classifyOwners(lookup, live);
    if (solid.length > 0) {
      if (dangling.length + waiting.length > 0) await this.#keepOwners(node, live, solid);
      return;
    }
    if (dangling.length + waiting.length === 0) return;
    if (waiting.length > 0 && this.#graph.dependents(node.uid).length > 0) {
      await this.#deleteForeground(node, live);
      return;
    }
    await this.#delete(node, live, policyOf(live));
  }

  /** A dependent that itself waits for this object would wait for ever: its block is lifted. */
  async #deleteForeground(node: GraphNode, live: KubeObject): Promise<void> {
    const cyclic = this.#graph.dependents(node.uid).some(waitsForDependents);
    const current = cyclic ? await this.#unblock(node, live) : live;
    if (current) await this.#delete(node, current, 'Foreground');
  }

  async #unblock(node: GraphNode, live: KubeObject): Promise<KubeObject | undefined> {
    const references = (live.metadata.ownerReferences ?? []).map((one) =>
      one.blockOwnerDeletion ? { ...one, blockOwnerDeletion: false } : one,
    );
    return this.#patch(node, live, { ownerReferences: references });
  }

  async #orphan(node: GraphNode): Promise<ReconcileResult | undefined> {
    for (const dependent of this.#graph.dependents(node.uid)) {
      const live = await this.#live(dependent);
      const references = live?.metadata.ownerReferences ?? [];
      const others = references.filter((one) => one.uid !== node.uid);
      if (live && others.length < references.length)
        await this.#keepOwners(dependent, live, others);
    }
    await this.#removeFinalizer(node, ORPHAN);
    return undefined;
  }

  /** finishForeground lets an object go once nothing that blocks it is left. */
  async #finishForeground(node: GraphNode): Promise<ReconcileResult | undefined> {
    const dependents = this.#graph.dependents(node.uid);
    const blocking = dependents.filter((one) =>
      one.owners.some((owner) => owner.uid === node.uid && owner.blockOwnerDeletion),
    );
    if (blocking.length === 0) await this.#removeFinalizer(node, FOREGROUND);
    for (const dependent of dependents) if (!dependent.deleting) this.enqueue(dependent.uid);
    return undefined;
  }

  async #removeFinalizer(node: GraphNode, finalizer: string): Promise<void> {
    const live = await this.#live(node);
    const finalizers = live?.metadata.finalizers ?? [];
    if (!live || !finalizers.includes(finalizer)) return;
    await this.#patch(node, live, { finalizers: finalizers.filter((one) => one !== finalizer) });
  }

  async #keepOwners(
    node: GraphNode,
    live: KubeObject,
    owners: readonly OwnerReference[],
  ): Promise<void> {
    await this.#patch(node, live, { ownerReferences: owners.length > 0 ? owners : null });
  }

  /** patch changes metadata if the object is still the version that was looked at. */
  async #patch(
    node: GraphNode,
    live: KubeObject,
    metadata: object,
  ): Promise<KubeObject | undefined> {
    const { uid, resourceVersion } = live.metadata;
    const body = { metadata: { ...metadata, uid, resourceVersion } };
    const patch = { type: 'application/merge-patch+json', body } as const;
    return this.#client.patch(node.type, refOf(node), patch).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  async #delete(node: GraphNode, live: KubeObject, propagationPolicy: string): Promise<void> {
    const { uid = '', resourceVersion = '' } = live.metadata;
    const options = { preconditions: { uid, resourceVersion }, propagationPolicy };
    await this.#client.delete(node.type, refOf(node), options).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

function refOf({ namespace, name }: GraphNode): { namespace?: string; name: string } {
  return namespace ? { namespace, name } : { name };
}

/** policyOf honours the finalizers that an object has already. */
function policyOf({ metadata }: KubeObject): string {
  if (metadata.finalizers?.includes(ORPHAN)) return 'Orphan';
  return metadata.finalizers?.includes(FOREGROUND) ? 'Foreground' : 'Background';
}
