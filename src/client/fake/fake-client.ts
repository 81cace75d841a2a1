import { type JsonPatchOperation, jsonPatch } from '../../machinery/json-patch.ts';
import { mergePatch } from '../../machinery/merge-patch.ts';
import type { DeleteOptions } from '../../machinery/meta/v1.ts';
import {
  apiVersionOf,
  type KubeList,
  type KubeObject,
  objectKey,
  type ResourceType,
  type WatchEvent,
} from '../../machinery/object.ts';
import {
  newAlreadyExists,
  newBadRequest,
  newConflict,
  newNotFound,
} from '../../machinery/status-error.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import type {
  Client,
  ListQuery,
  LogQuery,
  ObjectRef,
  PatchType,
  WatchQuery,
  WriteOptions,
} from '../client.ts';
import type { Transport } from '../transport.ts';
import { FakeCollection } from './fake-collection.ts';
import { deletionOf } from './fake-deletion.ts';
import { frozenCopy, sameSpec, shortName, statusOf, wireCopy, withStatus } from './fake-object.ts';
import { selectionOf } from './selection.ts';

/** FakeAction is one call that was made of the client. */
export interface FakeAction {
  readonly verb:
    | 'get'
    | 'list'
    | 'watch'
    | 'create'
    | 'update'
    | 'patch'
    | 'delete'
    | 'deletecollection';
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** What was sent: the object, the patch or the delete options. */
  readonly body: unknown;
}

/**
 * Reactor sees an action before it is carried out. It throws to make it fail, answers an object to
 * answer in its place, or nothing to let it happen.
 */
export type Reactor = (
  action: FakeAction,
) => KubeObject | undefined | Promise<KubeObject | undefined>;

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

/** newFakeClient makes an API in memory for unit tests. It starts empty. */
export function newFakeClient(options: FakeClientOptions = {}): FakeClient {
  return new FakeClient(options);
}

/**
 * FakeClient behaves like the API where controllers depend on it: resource versions and conflicts,
 * uids, generation, generateName, selectors, watches, finalizers, graceful deletion of pods, status
 * as a subresource, `binding`, `eviction`, `finalize`. It has no admission, validation, defaults
 * or garbage collection; a strategic merge patch replaces lists as a merge patch does. Objects that
 * it answers are frozen.
 */
export class FakeClient implements Client {
  /** Every call since the start, or since `actions.length = 0`. */
  readonly actions: FakeAction[] = [];
  readonly #collections = new Map<string, FakeCollection>();
  readonly #reactors: Reactor[] = [];
  readonly #now: () => Date;
  readonly #statusResources: ReadonlySet<string>;
  #revision = 0;
  #names = 0;

  constructor(options: FakeClientOptions) {
    this.#now = options.now ?? (() => new Date());
    this.#statusResources = new Set(options.statusResources ?? STATUS_RESOURCES);
  }

  /** transport is absent in a fake: using it is an error of the test. */
  get transport(): Transport {
    throw new Error('the fake client has no transport');
  }

  /** add stores objects as they are (status included) without recording an action. */
  add<T extends KubeObject>(type: ResourceType<T>, ...objects: readonly T[]): T[] {
    return objects.map((object) => {
      const existing = this.#collection(type).get(objectKey(object));
      return this.#store(type, this.#completed(type, object, existing));
    });
  }

  /** remove takes an object away at once, finalizers or not: what a kubelet does in the end. */
  remove<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef): void {
    this.#remove(type, this.#existing(type, ref));
  }

  /** all answers the objects of a resource, sorted by namespace and name. */
  all<T extends KubeObject>(type: ResourceType<T>): T[] {
    return this.#collection(type).all() as T[];
  }

  /** find answers one object, if it is there, without recording an action. */
  find<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef): T | undefined {
    return this.#collection(type).get(keyOf(ref)) as T | undefined;
  }

  /** react adds a reactor; the answer takes it away again. */
  react(reactor: Reactor): () => void {
    this.#reactors.push(reactor);
    return () => {
      const index = this.#reactors.indexOf(reactor);
      if (index >= 0) this.#reactors.splice(index, 1);
    };
  }

  /** failNext makes the next `times` calls of a verb on a resource fail. */
  failNext(verb: FakeAction['verb'], type: ResourceType, error: Error, times = 1): void {
    let left = times;
    this.react((action) => {
      if (left === 0 || action.verb !== verb || action.resource !== type.resource) return undefined;
      left -= 1;
      throw error;
    });
  }

  /** writes answers the actions that change something, as `verb resource[/subresource] key`. */
  writes(): string[] {
    return this.actions
      .filter(({ verb }) => !['get', 'list', 'watch'].includes(verb))
      .map(({ verb, resource, subresource, namespace, name }) => {
        const what = subresource === '' ? resource : `${resource}/${subresource}`;
        return `${verb} ${what} ${namespace === '' ? name : `${namespace}/${name}`}`.trim();
      });
  }

  /** breakWatches ends the running watches of a resource, as a lost connection does. */
  breakWatches(type: ResourceType): void {
    this.#collection(type).breakWatches();
  }

  /** expireWatches ends them with 410 and forgets the history, as a compaction does. */
  expireWatches(type: ResourceType): void {
    this.#collection(type).expire(this.#revision);
  }

  /** bookmark sends a BOOKMARK with the newest resource version. */
  bookmark(type: ResourceType): void {
    this.#collection(type).bookmark(this.#revision);
  }

  async get<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    subresource = '',
  ): Promise<T> {
    const answer = await this.#act('get', type, ref, undefined, subresource);
    return (answer as T | undefined) ?? this.#existing(type, ref);
  }

  async list<T extends KubeObject>(
    type: ResourceType<T>,
    query: ListQuery = {},
  ): Promise<KubeList<T>> {
    const answer = await this.#act('list', type, { name: '', namespace: query.namespace }, query);
    if (answer) return answer as unknown as KubeList<T>;
    const items = this.all(type).filter(selectionOf(query));
    return {
      apiVersion: apiVersionOf(type),
      kind: `${type.kind}List`,
      metadata: { resourceVersion: String(this.#revision) },
      items,
    };
  }

  async watch<T extends KubeObject>(
    type: ResourceType<T>,
    query: WatchQuery = {},
  ): Promise<AsyncIterable<WatchEvent<T>>> {
    await this.#act('watch', type, { name: '', namespace: query.namespace }, query);
    return this.#collection(type).watch(query) as AsyncIterable<WatchEvent<T>>;
  }

  async create<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const { name, namespace, generateName } = object.metadata;
    const answer = await this.#act(
      'create',
      type,
      { name: name ?? '', namespace },
      object,
      options.subresource,
    );
    if (answer) return answer as T;
    if (!name && !generateName) throw newBadRequest('name or generateName is required');
    const named = name ? object : { ...object, metadata: this.#generated(object) };
    if (this.#collection(type).get(objectKey(named))) {
      throw newAlreadyExists(type, named.metadata.name ?? '');
    }
    const made = this.#completed(type, named, undefined);
    return options.dryRun ? frozenCopy(made) : this.#store(type, made);
  }

  async update<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const ref = { namespace: object.metadata.namespace, name: object.metadata.name ?? '' };
    const answer = await this.#act('update', type, ref, object, options.subresource);
    return (answer as T | undefined) ?? this.#replace(type, object, options);
  }

  updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T> {
    return this.update(type, object, { subresource: 'status' });
  }

  async patch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    patch: { readonly type: PatchType; readonly body: object | readonly object[] },
    options: WriteOptions = {},
  ): Promise<T> {
    const answer = await this.#act('patch', type, ref, patch.body, options.subresource);
    if (answer) return answer as T;
    const applies = patch.type === 'application/apply-patch+yaml';
    if (applies && !this.find(type, ref)) {
      return this.#store(type, this.#completed(type, patch.body as T, undefined));
    }
    const current = this.#existing(type, ref);
    const patched =
      patch.type === 'application/json-patch+json'
        ? jsonPatch(wireCopy(current), patch.body as JsonPatchOperation[])
        : mergePatch(current, wireCopy(patch.body));
    return this.#replace(type, patched as T, options);
  }

  async delete<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    options: Partial<DeleteOptions> = {},
  ): Promise<void> {
    if (await this.#act('delete', type, ref, options)) return;
    const current = this.#existing(type, ref);
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (uid && uid !== current.metadata.uid) {
      const detail = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
      throw newConflict(type, ref.name, detail);
    }
    if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) {
      throw newConflict(type, ref.name);
    }
    this.#delete(type, current, options);
  }

  async deleteCollection<T extends KubeObject>(
    type: ResourceType<T>,
    query: ListQuery,
    options: Partial<DeleteOptions> = {},
  ): Promise<void> {
    const ref = { name: '', namespace: query.namespace };
    if (await this.#act('deletecollection', type, ref, options)) return;
    for (const object of this.all(type).filter(selectionOf(query))) {
      this.#delete(type, object, options);
    }
  }

  /** log answers nothing, unless a reactor throws. */
  async log<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    query: LogQuery = {},
  ): Promise<AsyncIterable<Uint8Array>> {
    await this.#act('get', type, ref, query, 'log');
    return (async function* () {})();
  }

  async post<R extends KubeObject>(
    type: ResourceType,
    ref: ObjectRef,
    subresource: string,
    body: object,
  ): Promise<R> {
    const answer = await this.#act('create', type, ref, body, subresource);
    if (answer) return answer as R;
    const current = this.#existing(type, ref);
    if (subresource === 'binding') this.#bind(type, current, body);
    else if (subresource === 'eviction') this.#delete(type, current, {});
    else throw new Error(`the fake client needs a reactor for ${type.resource}/${subresource}`);
    return body as R;
  }

  #bind(type: ResourceType, pod: KubeObject, body: object): void {
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
    this.#store(type, bound);
  }

  async #act(
    verb: FakeAction['verb'],
    type: ResourceType,
    ref: ObjectRef,
    body: unknown,
    subresource = '',
  ): Promise<KubeObject | undefined> {
    const { resource } = type;
    const namespace = ref.namespace ?? '';
    const action: FakeAction = { verb, resource, subresource, namespace, name: ref.name, body };
    this.actions.push(action);
    for (const reactor of [...this.#reactors]) {
      const answer = await reactor(action);
      if (answer) return answer;
    }
    return undefined;
  }

  #collection(type: ResourceType): FakeCollection {
    const key = `${type.group}/${type.resource}`;
    const existing = this.#collections.get(key);
    if (existing) return existing;
    const made = new FakeCollection(type);
    this.#collections.set(key, made);
    return made;
  }

  #existing<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef): T {
    const object = this.#collection(type).get(keyOf(ref));
    if (!object) throw newNotFound(type, ref.name);
    return object as T;
  }

  #generated(object: KubeObject): KubeObject['metadata'] {
    this.#names += 1;
    return { ...object.metadata, name: `${object.metadata.generateName}${shortName(this.#names)}` };
  }

  /** completed fills in what the API gives every new object. */
  #completed<T extends KubeObject>(
    type: ResourceType,
    object: T,
    existing: KubeObject | undefined,
  ): T {
    const { metadata } = object;
    const id = String(this.#revision + 1).padStart(12, '0');
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

  #store<T extends KubeObject>(type: ResourceType<T>, object: T): T {
    this.#revision += 1;
    const stored = frozenCopy({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.#revision) },
    });
    this.#collection(type).put(stored);
    return stored;
  }

  #replace<T extends KubeObject>(type: ResourceType<T>, object: T, options: WriteOptions): T {
    const { namespace, name = '', resourceVersion } = object.metadata;
    const current = this.#existing(type, { namespace, name });
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
    if (finished && hadFinalizers) return this.#remove(type, next);
    return this.#store(type, next);
  }

  /** merged is what an update makes of the current object: the server's fields stay. */
  #merged<T extends KubeObject>(type: ResourceType, object: T, current: T, subresource: string): T {
    if (subresource === 'status') return withStatus(current, statusOf(object));
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

  #delete<T extends KubeObject>(
    type: ResourceType<T>,
    current: T,
    options: Partial<DeleteOptions>,
  ): void {
    const outcome = deletionOf(type, current, options, this.#now());
    if (outcome === 'gone') this.#remove(type, current);
    else if (outcome !== current) this.#store(type, outcome);
  }

  #remove<T extends KubeObject>(type: ResourceType<T>, object: T): T {
    this.#revision += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#revision) };
    const last = frozenCopy({ ...object, metadata });
    this.#collection(type).remove(last);
    return last;
  }
}

function keyOf(ref: ObjectRef): string {
  return objectKey({ metadata: { ...ref } });
}

/** namesFinalizers tells whether a namespace's own `spec.finalizers` keep it. */
function namesFinalizers(object: KubeObject): boolean {
  const { spec } = object as { spec?: { finalizers?: readonly string[] } };
  return object.kind === 'Namespace' && (spec?.finalizers?.length ?? 0) > 0;
}
