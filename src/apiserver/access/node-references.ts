import { POD_RESOURCES, podReferences } from '../../apis/core/v1/pod-references.ts';
import type { Pod } from '../../apis/core/v1/types.ts';
import type { CacheFollower } from '../cache/follow-cache.ts';

/** NodeReference is an object that a node may have to do with: a pod on it, or what such a pod uses. */
export interface NodeReference {
  readonly node: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

function keyOf({ node, resource, namespace, name }: NodeReference): string {
  return `${node}/${namespace}/${resource}/${name}`;
}

/** keysOf are the references of a pod: to itself and to what it uses; none while it is on no node. */
function keysOf(pod: Pod): string[] {
  const { name = '', namespace = '' } = pod.metadata;
  const node = pod.spec?.nodeName;
  if (!node) return [];
  const key = (resource: string, one: string) => keyOf({ node, resource, namespace, name: one });
  const used = POD_RESOURCES.flatMap((resource) =>
    [...podReferences(pod, resource)].map((one) => key(resource, one)),
  );
  return [key('pods', name), ...used];
}

/**
 * NodeReferences knows what the pods of each node refer to.
 *
 * INVARIANTS: `#counts` holds of each reference how many pods have it; none that no pod has.
 */
export class NodeReferences implements CacheFollower<Pod> {
  readonly #keys = new Map<string, readonly string[]>();
  readonly #counts = new Map<string, number>();

  /** has tells whether a pod of a node refers to an object, or is it. */
  has(reference: NodeReference): boolean {
    return this.#counts.has(keyOf(reference));
  }

  put(pod: Pod): void {
    const { name = '', namespace = '' } = pod.metadata;
    this.remove(namespace, name);
    const keys = keysOf(pod);
    if (keys.length === 0) return;
    this.#keys.set(`${namespace}/${name}`, keys);
    for (const key of keys) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  remove(namespace: string, name: string): void {
    const id = `${namespace}/${name}`;
    for (const key of this.#keys.get(id) ?? []) {
      const count = this.#counts.get(key) ?? 0;
      if (count > 1) this.#counts.set(key, count - 1);
      else this.#counts.delete(key);
    }
    this.#keys.delete(id);
  }

  clear(): void {
    this.#keys.clear();
    this.#counts.clear();
  }
}
