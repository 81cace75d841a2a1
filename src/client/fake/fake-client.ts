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
import { newAlreadyExists, newBadRequest, newConflict } from '../../machinery/status-error.ts';
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
import { FakeApi, type FakeClientOptions, keyOf } from './fake-api.ts';
import { frozenCopy, wireCopy } from './fake-object.ts';
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
  readonly #reactors: Reactor[] = [];
  readonly #api: FakeApi;

  constructor(options: FakeClientOptions) {
    this.#api = new FakeApi(options);
  }

  /** transport is absent in a fake: using it is an error of the test. */
  get transport(): Transport {
    throw new Error('the fake client has no transport');
  }

  /** add stores objects as they are (status included) without recording an action. */
  add<T extends KubeObject>(type: ResourceType<T>, ...objects: readonly T[]): T[] {
    return objects.map((object) => {
      const existing = this.#api.collection(type).get(objectKey(object));
      return this.#api.store(type, this.#api.completed(type, object, existing));
    });
  }

  /** remove takes an object away at once, finalizers or not: what a kubelet does in the end. */
  remove<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef): void {
    this.#api.remove(type, this.#api.existing(type, ref));
  }

  /** all answers the objects of a resource, sorted by namespace and name. */
  all<T extends KubeObject>(type: ResourceType<T>): T[] {
    return this.#api.collection(type).all() as T[];
  }

  /** find answers one object, if it is there, without recording an action. */
  find<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef): T | undefined {
    return this.#api.collection(type).get(keyOf(ref)) as T | undefined;
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
    this.#api.collection(type).breakWatches();
  }

  /** expireWatches ends them with 410 and forgets the history, as a compaction does. */
  expireWatches(type: ResourceType): void {
    this.#api.collection(type).expire(this.#api.revision);
  }

  /** bookmark sends a BOOKMARK with the newest resource version. */
  bookmark(type: ResourceType): void {
    this.#api.collection(type).bookmark(this.#api.revision);
  }

  async get<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    subresource = '',
  ): Promise<T> {
    const answer = await this.#act('get', type, ref, undefined, subresource);
    return (answer as T | undefined) ?? this.#api.existing(type, ref);
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
      metadata: { resourceVersion: String(this.#api.revision) },
      items,
    };
  }

  async watch<T extends KubeObject>(
    type: ResourceType<T>,
    query: WatchQuery = {},
  ): Promise<AsyncIterable<WatchEvent<T>>> {
    await this.#act('watch', type, { name: '', namespace: query.namespace }, query);
    return this.#api.collection(type).watch(query) as AsyncIterable<WatchEvent<T>>;
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
    const named = name ? object : { ...object, metadata: this.#api.generated(object) };
    if (this.#api.collection(type).get(objectKey(named))) {
      throw newAlreadyExists(type, named.metadata.name ?? '');
    }
    const made = this.#api.completed(type, named, undefined);
    return options.dryRun ? frozenCopy(made) : this.#api.store(type, made);
  }

  async update<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const ref = { namespace: object.metadata.namespace, name: object.metadata.name ?? '' };
    const answer = await this.#act('update', type, ref, object, options.subresource);
    return (answer as T | undefined) ?? this.#api.replace(type, object, options);
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
      return this.#api.store(type, this.#api.completed(type, patch.body as T, undefined));
    }
    const current = this.#api.existing(type, ref);
    const patched =
      patch.type === 'application/json-patch+json'
        ? jsonPatch(wireCopy(current), patch.body as JsonPatchOperation[])
        : mergePatch(current, wireCopy(patch.body));
    return this.#api.replace(type, patched as T, options);
  }

  async delete<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    options: Partial<DeleteOptions> = {},
  ): Promise<void> {
    if (await this.#act('delete', type, ref, options)) return;
    const current = this.#api.existing(type, ref);
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (uid && uid !== current.metadata.uid) {
      const detail = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
      throw newConflict(type, ref.name, detail);
    }
    if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) {
      throw newConflict(type, ref.name);
    }
    this.#api.delete(type, current, options);
  }

  async deleteCollection<T extends KubeObject>(
    type: ResourceType<T>,
    query: ListQuery,
    options: Partial<DeleteOptions> = {},
  ): Promise<void> {
    const ref = { name: '', namespace: query.namespace };
    if (await this.#act('deletecollection', type, ref, options)) return;
    for (const object of this.all(type).filter(selectionOf(query))) {
      this.#api.delete(type, object, options);
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
    const current = this.#api.existing(type, ref);
    if (subresource === 'binding') this.#api.bind(type, current, body);
    else if (subresource === 'eviction') this.#api.delete(type, current, {});
    else throw new Error(`the fake client needs a reactor for ${type.resource}/${subresource}`);
    return body as R;
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
}
