import type { KubeObject } from '../../machinery/object.ts';
import { Steps } from '../../machinery/steps.ts';
import type { ResourceCache } from './resource-cache.ts';

/** CacheFollower is told what a resource has; telling it the same again changes nothing. */
export interface CacheFollower<T extends KubeObject> {
  put(object: T): void;
  remove(namespace: string, name: string): void;
  /** Everything is forgotten: it is told again. */
  clear(): void;
}

/**
 * followCache tells all objects of a cache, in steps, and every change in the turn that makes it visible,
 * for as long as the cache lives. The answer tells whether that has caught up: undefined when it has,
 * else when it will have.
 *
 * INVARIANTS: once caught up, the follower knows exactly what the cache shows. An object that was
 * replaced while all were told is not told after the one that replaced it.
 */
export function followCache<T extends KubeObject>(
  cache: ResourceCache,
  follower: CacheFollower<T>,
): () => Promise<void> | undefined {
  let round = 0;
  let telling: Promise<void> | undefined;
  const tellAll = async () => {
    round += 1;
    const own = round;
    // From here on `telling` is this.
    await Promise.resolve();
    const steps = new Steps();
    follower.clear();
    for (const entry of cache.list('')) {
      if (cache.get(entry.namespace, entry.name) === entry) {
        entry.read((object) => follower.put(object as T));
      }
      const pause = steps.done(entry.sizeBytes);
      if (pause) await pause;
      // Loaded anew meanwhile: who waits, waits until that has been told.
      if (own !== round) return telling;
    }
    telling = undefined;
  };
  const begin = () => {
    telling = tellAll();
  };
  cache.watchers.add({
    onEvent({ current, previous }) {
      if (current) current.read((object) => follower.put(object as T));
      else if (previous) follower.remove(previous.namespace, previous.name);
    },
    onReset: begin,
    onBookmark: () => undefined,
  });
  begin();
  return () => telling;
}
