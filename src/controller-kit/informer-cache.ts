import { type KubeObject, objectKey, type ResourceType } from '../machinery/object.ts';
import type { Informer } from './controller.ts';

/** InformerChange is what onChange handlers get. */
export interface InformerChange<T> {
  current: T | undefined;
  previous: T | undefined;
}

interface Index<T> {
  values(object: T): readonly string[];
  readonly entries: Map<string, Set<string>>;
}

const NONE: readonly never[] = [];
const NAMESPACE_INDEX = 'namespace';

/**
 * InformerCache is the copy behind an Informer: objects by key, indexes, handlers.
 *
 * INVARIANTS: an index names exactly the keys of `#objects` for which it yields the value. Handlers
 * run after the copy and all indexes changed. The version that is held is not applied again.
 */
export class InformerCache<T extends KubeObject> implements Informer<T> {
  readonly type: ResourceType<T>;
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  readonly #handlers: ((change: InformerChange<T>) => void)[] = [];
  readonly #onHandlerError: (error: unknown) => void;
  readonly #synced: Promise<void>;
  #markSynced: () => void = () => undefined;
  /** hasSynced is true once the first list is in the copy. */
  hasSynced = false;

  constructor(type: ResourceType<T>, onHandlerError: (error: unknown) => void) {
    this.type = type;
    this.#onHandlerError = onHandlerError;
    this.#synced = new Promise((resolve) => {
      this.#markSynced = resolve;
    });
    const values = ({ metadata }: T) => (metadata.namespace ? [metadata.namespace] : []);
    this.#indexes.set(NAMESPACE_INDEX, { values, entries: new Map() });
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(namespace?: string): readonly T[] {
    if (namespace) return this.byIndex(NAMESPACE_INDEX, namespace);
    return [...this.#objects.values()];
  }

  byIndex(index: string, value: string): readonly T[] {
    const found = this.#indexes.get(index);
    if (!found) throw new Error(`${this.type.resource} have no index "${index}"`);
    const keys = found.entries.get(value);
    if (!keys) return NONE;
    const objects: T[] = [];
    for (const key of keys) {
      const object = this.#objects.get(key);
      if (object) objects.push(object);
    }
    return objects;
  }

  addIndex(index: string, values: (object: T) => readonly string[]): void {
    if (this.#indexes.has(index)) return;
    const made: Index<T> = { values, entries: new Map() };
    this.#indexes.set(index, made);
    for (const [key, object] of this.#objects) enter(made, key, object);
  }

  onChange(handler: (change: InformerChange<T>) => void): void {
    this.#handlers.push(handler);
    for (const current of this.#objects.values())
      this.#call(handler, { current, previous: undefined });
  }

  synced(): Promise<void> {
    return this.#synced;
  }

  /** replaceAll takes over a list: what is not in it is gone. */
  replaceAll(objects: readonly T[]): void {
    const keys = new Set(objects.map(objectKey));
    for (const [key, object] of [...this.#objects]) if (!keys.has(key)) this.remove(object);
    for (const object of objects) this.put(object);
    this.hasSynced = true;
    this.#markSynced();
  }

  /** put takes over one version of an object. */
  put(current: T): void {
    const key = objectKey(current);
    const previous = this.#objects.get(key);
    if (previous && isSameVersion(current, previous)) return;
    this.#objects.set(key, current);
    for (const index of this.#indexes.values()) {
      if (previous) leave(index, key, previous);
      enter(index, key, current);
    }
    this.#notify({ current, previous });
  }

  /** remove takes an object out; `last` is its last known state. */
  remove(last: T): void {
    const key = objectKey(last);
    const held = this.#objects.get(key);
    if (!held) return;
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) leave(index, key, held);
    this.#notify({ current: undefined, previous: last });
  }

  #notify(change: InformerChange<T>): void {
    for (const handler of this.#handlers) this.#call(handler, change);
  }

  #call(handler: (change: InformerChange<T>) => void, change: InformerChange<T>): void {
    try {
      handler(change);
    } catch (error) {
      this.#onHandlerError(error);
    }
  }
}

function isSameVersion(current: KubeObject, previous: KubeObject): boolean {
  return current.metadata.resourceVersion === previous.metadata.resourceVersion;
}

function enter<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.values(object)) {
    const keys = index.entries.get(value);
    if (keys) keys.add(key);
    else index.entries.set(value, new Set([key]));
  }
}

function leave<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.values(object)) {
    const keys = index.entries.get(value);
    keys?.delete(key);
    if (keys?.size === 0) index.entries.delete(value);
  }
}
