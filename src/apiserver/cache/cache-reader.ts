import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { resourcePrefix } from '../storage-key.ts';
import type { CacheHub } from './cache-hub.ts';
import { type Derive, DerivedValues } from './derived-values.ts';
import { type CacheFollower, followCache } from './follow-cache.ts';

/** CacheReader reads the watch cache directly: for authorization and admission, which may not call back. */
export interface CacheReader {
  /** get answers a frozen object, or undefined. Cluster-scoped resources have the namespace ''. */
  get<T extends KubeObject>(type: ResourceType<T>, namespace: string, name: string): T | undefined;
  /** list answers the frozen objects of a namespace; of all where it is empty. */
  list<T extends KubeObject>(type: ResourceType<T>, namespace?: string): readonly T[];
  /**
   * derived answers what a function makes of each object of a namespace. That is remembered for as long
   * as the object stays as it is: many objects are not parsed again to be counted again.
   */
  derived<T extends KubeObject, R>(
    type: ResourceType<T>,
    namespace: string,
    derive: Derive<T, R>,
  ): readonly R[];
  /** prepareDerived does the work of the next `derived` in steps, so that no request waits for it. */
  prepareDerived<T extends KubeObject, R>(
    type: ResourceType<T>,
    namespace: string,
    derive: Derive<T, R>,
  ): Promise<void>;
  /**
   * follow tells all objects of a resource, in steps, and from then on every change; the answer tells
   * whether that has caught up: undefined when it has, else when it will have.
   */
  follow<T extends KubeObject>(
    type: ResourceType<T>,
    follower: CacheFollower<T>,
  ): () => Promise<void> | undefined;
  /** revision grows with every change of the resource. */
  revision(type: ResourceType): number;
  /**
   * onChange calls back after every change of the resource, within the turn that makes it visible;
   * the answer ends that. Only for resources that the server serves from its start.
   */
  onChange(type: ResourceType, callback: () => void): () => void;
}

/** readerOf reads the caches of a hub. */
export function readerOf(hub: CacheHub): CacheReader {
  const values = new DerivedValues();
  const cacheOf = (type: ResourceType) => {
    const cache = hub.cache(resourcePrefix(type));
    if (!cache) throw new Error(`${type.resource} is not stored by this server`);
    return cache;
  };
  return {
    get: <T extends KubeObject>(type: ResourceType<T>, namespace: string, name: string) =>
      cacheOf(type).get(namespace, name)?.object as T | undefined,
    list: <T extends KubeObject>(type: ResourceType<T>, namespace = '') =>
      cacheOf(type)
        .list(namespace)
        .map((entry) => entry.object as T),
    derived: (type, namespace, derive) => values.of(cacheOf(type).list(namespace), derive),
    prepareDerived: (type, namespace, derive) =>
      values.prepare(cacheOf(type).list(namespace), derive),
    follow: (type, follower) => followCache(cacheOf(type), follower),
    revision: (type) => cacheOf(type).lastRevision,
    onChange(type, callback) {
      const { watchers } = cacheOf(type);
      const watcher = { onEvent: callback, onReset: callback, onBookmark: () => undefined };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}
