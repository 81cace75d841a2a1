import type { DeleteOptions } from '../machinery/meta/v1.ts';
import {
  apiVersionOf,
  type KubeList,
  type KubeObject,
  type ResourceType,
  type WatchEvent,
} from '../machinery/object.ts';
import type {
  Client,
  ListQuery,
  LogQuery,
  ObjectRef,
  PatchType,
  WatchQuery,
  WriteOptions,
} from './client.ts';
import { type ResourcePlace, resourcePath } from './resource-path.ts';
import type { ApiBody, ApiRequest, Transport } from './transport.ts';

/** newClient makes a Client of any transport. It holds no state. */
export function newClient(transport: Transport): Client {
  return new RestClient(transport);
}

class RestClient implements Client {
  readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  async get<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    subresource?: string,
  ): Promise<T> {
    return this.#object({ method: 'GET', path: pathOf(type, ref, subresource) });
  }

  async list<T extends KubeObject>(
    type: ResourceType<T>,
    query: ListQuery = {},
  ): Promise<KubeList<T>> {
    return named(type, await this.#object({ method: 'GET', ...collection(type, query) }));
  }

  async watch<T extends KubeObject>(
    type: ResourceType<T>,
    query: WatchQuery = {},
  ): Promise<AsyncIterable<WatchEvent<T>>> {
    const place = collection(type, query);
    place.query.set('watch', 'true');
    if (query.allowWatchBookmarks) place.query.set('allowWatchBookmarks', 'true');
    const body = await this.#send({ method: 'GET', ...place, ...signalOf(query.signal) });
    if (body.kind !== 'watch') throw unexpected('a watch', body);
    return body.events as AsyncIterable<WatchEvent<T>>;
  }

  async create<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const { namespace, name } = object.metadata;
    const below = options.subresource ? { name, subresource: options.subresource } : {};
    const path = resourcePath(type, { ...scope(type, namespace), ...below });
    return this.#object({ method: 'POST', path, query: writeQuery(options), body: object });
  }

  async update<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const { namespace, name = '' } = object.metadata;
    const path = pathOf(type, { namespace, name }, options.subresource);
    return this.#object({ method: 'PUT', path, query: writeQuery(options), body: object });
  }

  async updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T> {
    return this.update(type, object, { subresource: 'status' });
  }

  async patch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    patch: { readonly type: PatchType; readonly body: object | readonly object[] },
    options: WriteOptions = {},
  ): Promise<T> {
    return this.#object({
      method: 'PATCH',
      path: pathOf(type, ref, options.subresource),
      query: writeQuery(options),
      headers: { 'content-type': patch.type },
      body: patch.body,
    });
  }

  async delete<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    options: Partial<DeleteOptions> = {},
  ): Promise<void> {
    await this.#object({ method: 'DELETE', path: pathOf(type, ref), body: deleteBody(options) });
  }

  async deleteCollection<T extends KubeObject>(
    type: ResourceType<T>,
    query: ListQuery,
    options: Partial<DeleteOptions> = {},
  ): Promise<void> {
    const place = collection(type, query);
    await this.#object({ method: 'DELETE', ...place, body: deleteBody(options) });
  }

  async log<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    query: LogQuery = {},
  ): Promise<AsyncIterable<Uint8Array>> {
    const { signal, ...parameters } = query;
    const body = await this.#send({
      method: 'GET',
      path: pathOf(type, ref, 'log'),
      query: toQuery(parameters),
      ...signalOf(signal),
    });
    if (body.kind !== 'bytes') throw unexpected('a log', body);
    return body.bytes;
  }

  async post<R extends KubeObject>(
    type: ResourceType,
    ref: ObjectRef,
    subresource: string,
    body: object,
  ): Promise<R> {
    return this.#object({ method: 'POST', path: pathOf(type, ref, subresource), body });
  }

  async #send(request: ApiRequest): Promise<ApiBody> {
    return (await this.transport.request(request)).body;
  }

  async #object<R>(request: ApiRequest): Promise<R> {
    const body = await this.#send(request);
    if (body.kind !== 'object') throw unexpected('an object', body);
    return body.object as R;
  }
}

/** named gives the items of a list the kind and apiVersion that lists of built-in kinds leave out. */
function named<T extends KubeObject>(type: ResourceType<T>, list: KubeList<T>): KubeList<T> {
  const items = list.items ?? [];
  if (items.every(({ kind }) => kind !== undefined)) return list;
  const names = { kind: type.kind, apiVersion: apiVersionOf(type) };
  return { ...list, items: items.map((item) => ({ ...names, ...item })) };
}

function unexpected(wanted: string, body: ApiBody): Error {
  return new Error(`the server answered ${body.kind} instead of ${wanted}`);
}

function signalOf(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}

/** scope keeps the namespace for namespaced resources only. */
function scope(type: ResourceType, namespace: string | undefined): ResourcePlace {
  return type.namespaced && namespace ? { namespace } : {};
}

function pathOf(type: ResourceType, ref: ObjectRef, subresource?: string): string {
  if (ref.name === '') throw new TypeError(`resource name may not be empty (${type.resource})`);
  if (type.namespaced && !ref.namespace) {
    throw new TypeError(`an empty namespace may not be set (${type.resource} "${ref.name}")`);
  }
  return resourcePath(type, { ...scope(type, ref.namespace), name: ref.name, subresource });
}

function collection(
  type: ResourceType,
  query: ListQuery,
): { path: string; query: URLSearchParams } {
  const { namespace, labelSelector, fieldSelector, resourceVersion, limit, timeoutSeconds } = query;
  const parameters = toQuery({
    labelSelector,
    fieldSelector,
    resourceVersion,
    resourceVersionMatch: query.resourceVersionMatch,
    limit,
    continue: query.continue,
    timeoutSeconds,
  });
  return { path: resourcePath(type, scope(type, namespace)), query: parameters };
}

function toQuery(values: object): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '' && value !== false) query.set(name, String(value));
  }
  return query;
}

function writeQuery(options: WriteOptions): URLSearchParams {
  const { dryRun, fieldManager, fieldValidation, force } = options;
  return toQuery({
    dryRun: dryRun ? 'All' : undefined,
    fieldManager,
    fieldValidation,
    force: force ? 'true' : undefined,
  });
}

function deleteBody(options: Partial<DeleteOptions>): object {
  return { kind: 'DeleteOptions', apiVersion: 'v1', ...options };
}
