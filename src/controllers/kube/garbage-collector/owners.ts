import type { Client } from '../../../client/client.ts';
import type { OwnerReference } from '../../../machinery/meta/v1.ts';
import type { KubeObject, ResourceType } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { type ObjectGraph, waitsForDependents } from './object-graph.ts';

/** Owners are the owner references of an object by what became of the owner. */
export interface Owners {
  /** The owner is there (or cannot be looked up, which must not cost the object its life). */
  readonly solid: readonly OwnerReference[];
  /** There is no object of that name, or it is another one by now. */
  readonly dangling: readonly OwnerReference[];
  /** The owner is being deleted and waits for its dependents to go first. */
  readonly waiting: readonly OwnerReference[];
}

/** OwnerLookup is what it takes to find owners. */
export interface OwnerLookup {
  readonly client: Client;
  readonly graph: ObjectGraph;
  typeOf(apiVersion: string, kind: string): ResourceType | undefined;
}

/**
 * classifyOwners looks every owner up: in the graph, and where it is not there, by a live request
 * whose answer must have the reference's uid.
 */
export async function classifyOwners(lookup: OwnerLookup, object: KubeObject): Promise<Owners> {
  const solid: OwnerReference[] = [];
  const dangling: OwnerReference[] = [];
  const waiting: OwnerReference[] = [];
  for (const reference of object.metadata.ownerReferences ?? []) {
    const node = lookup.graph.get(reference.uid);
    if (node && waitsForDependents(node)) waiting.push(reference);
    else if (node || (await exists(lookup, reference, object))) solid.push(reference);
    else dangling.push(reference);
  }
  return { solid, dangling, waiting };
}

async function exists(
  { client, typeOf }: OwnerLookup,
  reference: OwnerReference,
  object: KubeObject,
): Promise<boolean> {
  const type = typeOf(reference.apiVersion, reference.kind);
  const { namespace } = object.metadata;
  // An unknown kind, or an owner in a namespace that a cluster-scoped object cannot name.
  if (!type || (type.namespaced && !namespace)) return true;
  const ref = { name: reference.name, ...(type.namespaced ? { namespace } : {}) };
  try {
    return (await client.get(type, ref)).metadata.uid === reference.uid;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
