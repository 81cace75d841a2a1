import type { OwnerReference } from '../../../machinery/meta/v1.ts';
import type { KubeObject, ResourceType } from '../../../machinery/object.ts';

/** GraphNode is what the collector knows of one object. */
export interface GraphNode {
  readonly uid: string;
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly owners: readonly OwnerReference[];
  readonly finalizers: readonly string[];
  readonly deleting: boolean;
}

/** FOREGROUND and ORPHAN are the finalizers that a delete with that propagation policy sets. */
export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** waitsForDependents tells whether an object stays until its dependents are gone. */
export function waitsForDependents(node: GraphNode): boolean {
  return node.deleting && node.finalizers.includes(FOREGROUND);
}

/** orphansDependents tells whether an object stays until its dependents are no longer its own. */
export function orphansDependents(node: GraphNode): boolean {
  return node.deleting && node.finalizers.includes(ORPHAN);
}

/** graphNode reads an object. */
export function graphNode(type: ResourceType, object: KubeObject): GraphNode {
  const { uid = '', namespace, name = '', ownerReferences = [], finalizers = [] } = object.metadata;
  const deleting = object.metadata.deletionTimestamp !== undefined;
  return { uid, type, namespace, name, owners: ownerReferences, finalizers, deleting };
}

/**
 * ObjectGraph is who owns whom, by uid.
 *
 * INVARIANT: `#dependents` of an owner's uid are exactly the nodes with a reference to it, whether
 * the owner itself is in the graph or not.
 */
export class ObjectGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #dependents = new Map<string, Set<string>>();

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  /** ofResource answers all nodes of a resource. */
  ofResource({ group, resource }: ResourceType): GraphNode[] {
    return [...this.#nodes.values()].filter(
      ({ type }) => type.resource === resource && type.group === group,
    );
  }

  /** dependents answers the nodes that name a uid as their owner. */
  dependents(uid: string): GraphNode[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((one) => this.#nodes.get(one) ?? []);
  }

  /** put takes over a node and answers the one before it. */
  put(node: GraphNode): GraphNode | undefined {
    const previous = this.#nodes.get(node.uid);
    if (previous) this.#unlink(previous);
    this.#nodes.set(node.uid, node);
    for (const { uid } of node.owners) {
      const dependents = this.#dependents.get(uid) ?? new Set();
      dependents.add(node.uid);
      this.#dependents.set(uid, dependents);
    }
    return previous;
  }

  /** remove takes a node out and answers it. */
  remove(uid: string): GraphNode | undefined {
    const node = this.#nodes.get(uid);
    if (!node) return undefined;
    this.#unlink(node);
    this.#nodes.delete(uid);
    return node;
  }

  #unlink(node: GraphNode): void {
    for (const { uid } of node.owners) {
      const dependents = this.#dependents.get(uid);
      dependents?.delete(node.uid);
      if (dependents?.size === 0) this.#dependents.delete(uid);
    }
  }
}

/** affectedBy answers the uids to look at after a node changed (`next`) or went (no `next`). */
export function affectedBy(
  graph: ObjectGraph,
  previous: GraphNode | undefined,
  next: GraphNode | undefined,
): string[] {
  const affected = new Set<string>();
  const { uid = '', owners = [] } = next ?? previous ?? {};
  if (next && (waitsForDependents(next) || orphansDependents(next))) affected.add(uid);
  if (next && ownersChanged(previous, next) && owners.length > 0) affected.add(uid);
  if (!next) for (const dependent of graph.dependents(uid)) affected.add(dependent.uid);
  for (const owner of [...(previous?.owners ?? []), ...owners]) {
    const node = graph.get(owner.uid);
    if (node && (waitsForDependents(node) || orphansDependents(node))) affected.add(node.uid);
  }
  return [...affected];
}

/** ownersChanged: a new node with owners that are all known needs no look, unless they are going. */
function ownersChanged(previous: GraphNode | undefined, next: GraphNode): boolean {
  if (!previous) return true;
  return JSON.stringify(previous.owners) !== JSON.stringify(next.owners);
}
