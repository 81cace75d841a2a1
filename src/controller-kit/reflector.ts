import type { Client } from '../client/client.ts';
import { deepFreeze } from '../machinery/deep-freeze.ts';
import type { KubeObject, ResourceType, WatchEvent } from '../machinery/object.ts';
import { isStatusError } from '../machinery/status-error.ts';
import type { Clock, Logger } from './controller.ts';
import type { InformerCache } from './informer-cache.ts';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 30_000;
const PAGE_SIZE = 500;
/** A watch is begun anew after about so many seconds, so that a dead connection is noticed. */
const WATCH_TIMEOUT_SECONDS = 300;

/** ReflectorDeps is what a reflector needs. */
export interface ReflectorDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * runReflector keeps a cache equal to a collection until the signal aborts: list, then watch from
 * the list's version, with bookmarks; a watch that ends is begun again where it was, one that is
 * too old (410) begins with a list. Failures are retried with back-off and never end it.
 */
export async function runReflector<T extends KubeObject>(
  type: ResourceType<T>,
  cache: InformerCache<T>,
  deps: ReflectorDeps,
  signal: AbortSignal,
): Promise<void> {
  const reflector = new Reflector(type, cache, deps, signal);
  await reflector.run();
}

class Reflector<T extends KubeObject> {
  readonly #type: ResourceType<T>;
  readonly #cache: InformerCache<T>;
  readonly #deps: ReflectorDeps;
  readonly #signal: AbortSignal;
  /** The version up to which the cache is complete; empty: a list is needed. */
  #version = '';
  #failures = 0;

  constructor(
    type: ResourceType<T>,
    cache: InformerCache<T>,
    deps: ReflectorDeps,
    signal: AbortSignal,
  ) {
    this.#type = type;
    this.#cache = cache;
    this.#deps = deps;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        if (this.#version === '') await this.#list();
        await this.#watch();
      } catch (error) {
        if (this.#signal.aborted) return;
        await this.#recover(error);
      }
    }
  }

  async #recover(error: unknown): Promise<void> {
    if (isExpired(error)) {
      this.#version = '';
      if (this.#failures === 0) {
        this.#failures = 1;
        return;
      }
    }
    const { log } = this.#deps;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** this.#failures, MAX_DELAY_MS);
    this.#failures += 1;
    const { resource } = this.#type;
    log.warn({ err: error, resource, delayMs }, 'list or watch failed, trying again');
    await this.#sleep(delayMs);
  }

  async #list(): Promise<void> {
    const items: T[] = [];
    let token = '';
    do {
      const query = { limit: PAGE_SIZE, continue: token };
      const page = await this.#deps.client.list(this.#type, query);
      for (const item of page.items) items.push(this.#complete(item));
      token = page.metadata.continue ?? '';
      this.#version = page.metadata.resourceVersion ?? '';
    } while (token !== '');
    this.#cache.replaceAll(items);
  }

  async #watch(): Promise<void> {
    const events = await this.#deps.client.watch(this.#type, {
      resourceVersion: this.#version,
      allowWatchBookmarks: true,
      timeoutSeconds: WATCH_TIMEOUT_SECONDS,
      signal: this.#signal,
    });
    const startedAt = this.#deps.clock.elapsedMs();
    let seen = 0;
    for await (const event of events) {
      this.#apply(event);
      seen += 1;
      this.#failures = 0;
    }
    const endedAtOnce = seen === 0 && this.#deps.clock.elapsedMs() - startedAt < 1000;
    if (endedAtOnce && !this.#signal.aborted) throw new Error('the watch ended at once');
  }

  #apply(event: WatchEvent<T>): void {
    switch (event.type) {
      case 'ERROR':
        throw new WatchFailure(event.object);
      case 'BOOKMARK':
        break;
      case 'DELETED':
        this.#cache.remove(this.#complete(event.object));
        break;
      case 'ADDED':
      case 'MODIFIED':
        this.#cache.put(this.#complete(event.object));
        break;
    }
    this.#version = event.object.metadata.resourceVersion ?? this.#version;
  }

  /** complete freezes an object; items of a list come without kind and apiVersion. */
  #complete(object: T): T {
    if (object.kind && object.apiVersion) return deepFreeze(object);
    const { group, version, kind } = this.#type;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    return deepFreeze({ ...object, apiVersion, kind });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        cancel();
        this.#signal.removeEventListener('abort', finish);
        resolve();
      };
      const cancel = this.#deps.clock.setTimer(ms, finish);
      this.#signal.addEventListener('abort', finish, { once: true });
    });
  }
}

/** WatchFailure is an ERROR event: its object is a Status. */
class WatchFailure extends Error {
  readonly code: number;

  constructor(status: unknown) {
    const { message, code } = status as { message?: string; code?: number };
    super(message ?? 'the watch reported an error');
    this.name = 'WatchFailure';
    this.code = code ?? 500;
  }
}

function isExpired(error: unknown): boolean {
  if (error instanceof WatchFailure) return error.code === 410;
  return isStatusError(error, 'Expired') || isStatusError(error, 'Gone');
}
