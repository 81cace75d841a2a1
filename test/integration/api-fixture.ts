import type { Informer, Informers } from '../../src/controller-kit/controller.ts';
import { type KubeObject, objectKey, type ResourceType } from '../../src/machinery/object.ts';

type Change = { current: KubeObject | undefined; previous: KubeObject | undefined };

interface Collection {
  readonly objects: Map<string, KubeObject>;
  readonly handlers: ((change: Change) => void)[];
  readonly indexes: Map<string, (object: KubeObject) => readonly string[]>;
}

/** TestApi is informers whose content a test sets by hand. */
export interface TestApi {
  readonly informers: Informers;
  put(type: ResourceType, object: KubeObject): void;
  remove(type: ResourceType, key: string): void;
}

/** newTestApi makes an empty TestApi. */
export function newTestApi(): TestApi {
  const collections = new Map<string, Collection>();
  const collection = ({ resource }: ResourceType): Collection => {
    const present = collections.get(resource);
    if (present) return present;
    const made: Collection = { objects: new Map(), handlers: [], indexes: new Map() };
    collections.set(resource, made);
    return made;
  };
  const change = (type: ResourceType, key: string, current: KubeObject | undefined) => {
    const { objects, handlers } = collection(type);
    const previous = objects.get(key);
    if (current) objects.set(key, current);
    else objects.delete(key);
    for (const handler of handlers) handler({ current, previous });
  };
  return {
    informers: {
      informer<T extends KubeObject>(type: ResourceType<T>): Informer<T> {
        return informerOf(type, collection(type)) as Informer<T>;
      },
      forget: () => undefined,
    },
    put: (type, object) => change(type, objectKey(object), object),
    remove: (type, key) => change(type, key, undefined),
  };
}

function informerOf(type: ResourceType, { objects, handlers, indexes }: Collection): Informer {
  return {
    type,
    get: (key) => objects.get(key),
    list: (namespace) =>
      [...objects.values()].filter(
        (one) => namespace === undefined || one.metadata.namespace === namespace,
      ),
    byIndex: (index, value) =>
      [...objects.values()].filter((one) => indexes.get(index)?.(one).includes(value)),
    addIndex: (index, values) => void indexes.set(index, values),
    onChange: (handler) => void handlers.push(handler),
    synced: async () => undefined,
  };
}
