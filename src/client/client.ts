import type { DeleteOptions } from '../machinery/meta/v1.ts';
import type { KubeList, KubeObject, ResourceType, WatchEvent } from '../machinery/object.ts';
import type { Transport } from './transport.ts';

/** ObjectRef names one object of a collection; cluster-scoped resources leave out the namespace. */
export interface ObjectRef {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** ListQuery narrows a list or watch as the API's query parameters do. */
export interface ListQuery {
  /** All namespaces when absent. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  readonly limit?: number;
  readonly continue?: string;
  readonly timeoutSeconds?: number;
}

/** WatchQuery begins a watch after `resourceVersion`; without one it begins with the state of now. */
export interface WatchQuery extends ListQuery {
  readonly allowWatchBookmarks?: boolean;
  readonly signal?: AbortSignal;
}

/** WriteOptions are the query parameters of a write. */
export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  /** Lets a server-side apply take fields from other managers. */
  readonly force?: boolean;
  /** A subresource of the object, such as `status` or `scale`. */
  readonly subresource?: string;
}

/** PatchType is the media type that says how a patch is to be read. */
export type PatchType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/apply-patch+yaml';

/** LogQuery is the query of `pods/log`, `builds/log` and `deploymentconfigs/log`. */
export interface LogQuery {
  readonly container?: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly timestamps?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly signal?: AbortSignal;
}

/**
 * Client is the one way to reach the cluster, for controllers, node agent, registry, router, CLI
 * and console. Failures are thrown as StatusError. Objects that come back belong to the caller
 * (in-process they are frozen: copy before changing, e.g. with structuredClone).
 */
export interface Client {
  readonly transport: Transport;
  get<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    subresource?: string,
  ): Promise<T>;
  list<T extends KubeObject>(type: ResourceType<T>, query?: ListQuery): Promise<KubeList<T>>;
  watch<T extends KubeObject>(
    type: ResourceType<T>,
    query?: WatchQuery,
  ): Promise<AsyncIterable<WatchEvent<T>>>;
  /** create posts to the collection; with `subresource` and a ref in the object, to that subresource. */
  create<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    options?: WriteOptions,
  ): Promise<T>;
  /** update replaces; metadata.resourceVersion, where set, must be the current one. */
  update<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    options?: WriteOptions,
  ): Promise<T>;
  /** updateStatus is update of the `status` subresource. */
  updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T>;
  patch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    patch: { readonly type: PatchType; readonly body: object | readonly object[] },
    options?: WriteOptions,
  ): Promise<T>;
  delete<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    options?: Partial<DeleteOptions>,
  ): Promise<void>;
  deleteCollection<T extends KubeObject>(
    type: ResourceType<T>,
    query: ListQuery,
    options?: Partial<DeleteOptions>,
  ): Promise<void>;
  /** log streams the bytes of a `log` subresource. */
  log<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    query?: LogQuery,
  ): Promise<AsyncIterable<Uint8Array>>;
  /**
   * post sends an object of one kind to a subresource that answers another: `instantiate`,
   * `binding`, `eviction`, `token`.
   */
  post<R extends KubeObject>(
    type: ResourceType,
    ref: ObjectRef,
    subresource: string,
    body: object,
  ): Promise<R>;
}
