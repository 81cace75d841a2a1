import type { Client } from '../client/client.ts';
import { groupResource, type KubeObject, type ResourceType } from '../machinery/object.ts';
import type { Clock, Informer, Informers, Logger } from './controller.ts';
import { InformerCache } from './informer-cache.ts';
import { runReflector } from './reflector.ts';
import { systemClock } from './system-clock.ts';

/** InformersOptions instrument a set of informers. */
export interface InformersOptions {
  readonly log: Logger;
  readonly clock?: Clock;
}

/** RunningInformers is an Informers that can be started and stopped. */
export interface RunningInformers extends Informers {
  /** start begins to fill the informers handed out so far; those to come start at once. */
  start(): void;
  /** synced resolves when all informers handed out so far have their first list. */
  synced(): Promise<void>;
  /** unsynced names the resources, as `plural.group`, whose first list is still to come. */
  unsynced(): readonly string[];
  /** stop ends the watches and resolves when they have ended. */
  stop(): Promise<void>;
}

/**
 * newInformers makes shared informers over a client: one list and watch per resource, however many
 * ask for it. Nothing is read before start().
 */
export function newInformers(client: Client, options: InformersOptions): RunningInformers {
  const { log, clock = systemClock } = options;
  const caches = new Map<string, InformerCache<KubeObject>>();
  const stops = new Map<string, AbortController>();
  const running = new Set<Promise<void>>();
  let state: 'made' | 'running' | 'stopped' = 'made';

  function run(cache: InformerCache<KubeObject>): void {
    const own = new AbortController();
    stops.set(groupResource(cache.type), own);
    const reflector = runReflector(cache.type, cache, { client, clock, log }, own.signal);
    running.add(reflector);
    void reflector.finally(() => running.delete(reflector));
  }

  return {
    informer<T extends KubeObject>(type: ResourceType<T>): Informer<T> {
      const key = groupResource(type);
      const existing = caches.get(key);
      if (existing) return existing as unknown as Informer<T>;
      const cache = new InformerCache<KubeObject>(type, (error) =>
        log.error({ err: error, resource: key }, 'a handler of an informer failed'),
      );
      caches.set(key, cache);
      if (state === 'running') run(cache);
      return cache as unknown as Informer<T>;
    },
    forget(type) {
      const key = groupResource(type);
      stops.get(key)?.abort();
      stops.delete(key);
      caches.delete(key);
    },
    start() {
      if (state !== 'made') return;
      state = 'running';
      for (const cache of caches.values()) run(cache);
    },
    async synced() {
      await Promise.all([...caches.values()].map((cache) => cache.synced()));
    },
    unsynced: () => [...caches].filter(([, cache]) => !cache.hasSynced).map(([key]) => key),
    async stop() {
      state = 'stopped';
      for (const own of stops.values()) own.abort();
      await Promise.all(running);
    },
  };
}
