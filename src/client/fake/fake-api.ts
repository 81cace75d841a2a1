import type { DeleteOptions } from '../../machinery/meta/v1.ts';
import {
  apiVersionOf,
  type KubeObject,
  objectKey,
  type ResourceType,
} from '../../machinery/object.ts';
import { newConflict, newNotFound } from '../../machinery/status-error.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import type { ObjectRef, WriteOptions } from '../client.ts';
import { FakeCollection } from './fake-collection.ts';
import { deletionOf } from './fake-deletion.ts';
import { frozenCopy, sameSpec, shortName, statusOf, wireCopy, withStatus } from './fake-object.ts';

/** FakeClientOptions configure a fake; by default `status` is a subresource of every resource below. */
export interface FakeClientOptions {
  readonly now?: () => Date;
  /** Resources whose status only updateStatus changes. */
  readonly statusResources?: readonly string[];
}

const STATUS_RESOURCES = [
  'namespaces',
  'nodes',
  'pods',
  'services',
  'replicationcontrollers',
  'replicasets',
  'deployments',
  'deploymentconfigs',
  'imagestreams',
  'routes',
];

/** FakeApi is the state behind a fake client and what the API does to objects on the way in. */
export class FakeApi {
  /** The version of the newest write. */
  revision = 0;
  readonly #collections = new Map<string, FakeCollection>();
  readonly #now: () => Date;
  readonly #statusResources: ReadonlySet<string>;
  #names = 0;

  constructor(options: FakeClientOptions) {
    this.#now = options.now ?? (() => new Date());
    this.#statusResources = new Set(options.statusResources ?? STATUS_RESOURCES);
  }

  /** bind puts a pod on a node, once. */
  bind(type: ResourceType, pod: KubeObject, body: object): void {
    const { target } = body as { target: { name: string } };
    const { spec, status } = pod as { spec?: { nodeName?: string }; status?: object };
    if (spec?.nodeName) {
      throw newConflict(
        { group: '', resource: 'pods/binding' },
        pod.metadata.name ?? '',
        `pod ${pod.metadata.name} is already assigned to node "${spec.nodeName}"`,
      );
    }
    const condition = { type: 'PodScheduled', status: 'True' };
    const bound = {
      ...pod,
      spec: { ...spec, nodeName: target.name },
      status: { ...status, conditions: [condition] },
    };
    this.store(type, bound);
  }

  /** collection is the objects of one resource. */
  collection(type: ResourceType): FakeCollection {
    const key = `${type.group}/${type.resource}`;
    const existing = this.#collections.get(key);
    if (existing) return existing;
    const made = new FakeCollection(type);
    this.#collections.set(key, made);
    return made;
  }

  /** existing answers an object or throws NotFound. */
  existing<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef): T {
    const object = this.collection(type).get(keyOf(ref));
    if (!object) throw newNotFound(type, ref.name);
    return object as T;
  }

  /** generated is the metadata of an object with a name made from generateName. */
  generated(object: KubeObject): KubeObject['metadata'] {
    this.#names += 1;
    return { ...object.metadata, name: `${object.metadata.generateName}${shortName(this.#names)}` };
  }

  /** completed fills in what the API gives every new object. */
  completed<T extends KubeObject>(
    type: ResourceType,
    object: T,
    existing: KubeObject | undefined,
  ): T {
    const { metadata } = object;
    const id = String(this.revision + 1).padStart(12, '0');
    return {
      ...object,
      apiVersion: apiVersionOf(type),
      kind: type.kind,
      metadata: {
        ...metadata,
        uid: metadata.uid ?? existing?.metadata.uid ?? `00000000-0000-4000-8000-${id}`,
        creationTimestamp: metadata.creationTimestamp ?? timestampOf(this.#now()),
        ...('spec' in object ? { generation: metadata.generation ?? 1 } : {}),
      },
    };
  }

  /** store writes a new version. */
  store<T extends KubeObject>(type: ResourceType<T>, object: T): T {
    this.revision += 1;
    const stored = frozenCopy({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.revision) },
    });
    this.collection(type).put(stored);
    return stored;
  }

  /** replace is an update: version checked, server fields kept, finalizers honoured. */
  replace<T extends KubeObject>(type: ResourceType<T>, object: T, options: WriteOptions): T {
    const { namespace, name = '', resourceVersion } = object.metadata;
    const current = this.existing(type, { namespace, name });
    if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) {
      throw newConflict(type, name);
    }
    const next = this.#merged(type, wireCopy(object), current, options.subresource ?? '');
    if (options.dryRun) return frozenCopy(next);
    if (JSON.stringify(next) === JSON.stringify(current)) return current;
    const { deletionTimestamp, finalizers = [] } = next.metadata;
    const finished = deletionTimestamp && finalizers.length === 0 && !namesFinalizers(next);
    const hadFinalizers =
      (current.metadata.finalizers?.length ?? 0) > 0 || namesFinalizers(current);
    if (finished && hadFinalizers) return this.remove(type, next);
    return this.store(type, next);
  }

  /** merged is what an update makes of the current object: the server's fields stay. */
  #merged<T extends KubeObject>(type: ResourceType, object: T, current: T, subresource: string): T {
    if (subresource === 'status') {
      const { annotations } = object.metadata;
      const metadata = { ...current.metadata, ...(annotations && { annotations }) };
      return withStatus({ ...current, metadata }, statusOf(object));
    }
    const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation } =
      current.metadata;
    const keepsStatus = this.#statusResources.has(type.resource) && subresource === '';
    const next = keepsStatus ? withStatus(object, statusOf(current)) : object;
    const changed = generation !== undefined && !sameSpec(next, current);
    return wireCopy({
      ...next,
      apiVersion: current.apiVersion,
      kind: current.kind,
      metadata: {
        ...next.metadata,
        uid,
        creationTimestamp,
        deletionTimestamp,
        deletionGracePeriodSeconds,
        generation: changed ? generation + 1 : generation,
        resourceVersion: current.metadata.resourceVersion,
      },
    });
  }

  /** delete removes an object or marks it as being deleted. */
  delete<T extends KubeObject>(
    type: ResourceType<T>,
    current: T,
    options: Partial<DeleteOptions>,
  ): void {
    const outcome = deletionOf(type, current, options, this.#now());
    if (outcome === 'gone') this.remove(type, current);
    else if (outcome !== current) this.store(type, outcome);
  }

  /** remove takes an object out for good and answers its last version. */
  remove<T extends KubeObject>(type: ResourceType<T>, object: T): T {
    this.revision += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.revision) };
    const last = frozenCopy({ ...object, metadata });
    this.collection(type).remove(last);
    return last;
  }
}

/** keyOf is the key of an object in its collection. */
export function keyOf(ref: ObjectRef): string {
  return objectKey({ metadata: { ...ref } });
}

/** namesFinalizers tells whether a namespace's own `spec.finalizers` keep it. */
function namesFinalizers(object: KubeObject): boolean {
  const { spec } = object as { spec?: { finalizers?: readonly string[] } };
  return object.kind === 'Namespace' && (spec?.finalizers?.length ?? 0) > 0;
}
