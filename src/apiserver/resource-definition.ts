import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Client } from '../client/client.ts';
import type { ApiBody } from '../client/transport.ts';
import type { FieldError } from '../machinery/field-error.ts';
import type { JsonObject } from '../machinery/json-value.ts';
import type { DeleteOptions } from '../machinery/meta/v1.ts';
import type { KubeList, KubeObject, ResourceType, WatchEvent } from '../machinery/object.ts';
import type { Shape } from './fields/field-shape.ts';

/** UserInfo is who sends a request, as authentication found out. */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** RequestContext is what a strategy or a storage knows of the request that it serves. */
export interface RequestContext {
  readonly user: UserInfo;
  /** Empty for a cluster-scoped resource, or a list over all namespaces. */
  readonly namespace: string;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  /** The time of the request; strategies use it instead of a clock. */
  readonly now: Date;
  readonly signal: AbortSignal;
  /** True where the write is part of another one, which was admitted: it is not admitted again. */
  readonly isPart?: boolean;
  /** Adds a `Warning` header to the answer. */
  warn(text: string): void;
  /** Adds an annotation to the event of the request in the audit log, where there is one. */
  annotate(key: string, value: string): void;
  /** Notes for how long the request waited for what the server does not answer for: webhooks. */
  waited?(ms: number): void;
}

/**
 * MetadataChecks are the checks of metadata that an update of a kind repeats: what an update may not
 * change (`changes`), and the same without a look at the names of finalizers (`plainChanges`), the
 * kind's own rules (`rules`), perhaps twice, all or nothing.
 */
export type MetadataChecks =
  | 'all'
  | 'allTwice'
  | 'changes'
  | 'plainChanges'
  | 'rules'
  | 'rulesTwice'
  | 'none';

/**
 * Strategy is what distinguishes one stored resource from another. Methods get a draft that they
 * may change; `old` is frozen. Order on create: decode, defaults, who owns what, mutating admission,
 * prepareForCreate, validate, warnings, validating admission; on update the same with
 * prepareForUpdate, and validateUpdate after validate. Follows k8s.io/apiserver `pkg/registry/rest`.
 */
export interface Strategy<T extends KubeObject> {
  /** Fills in defaults that the catalogue does not state. Throws UndecodableError for bad values. */
  defaults?(draft: T): void;
  /** Clears what a creator may not set (status), fills in what the server decides. */
  prepareForCreate?(draft: T, context: RequestContext): void | Promise<void>;
  /** Keeps what an updater of the main resource may not change. Status is restored by the kit. */
  prepareForUpdate?(draft: T, old: T, context: RequestContext): void | Promise<void>;
  /** As prepareForUpdate, for the `status` subresource. Everything but status is restored by the kit. */
  prepareForStatusUpdate?(draft: T, old: T, context: RequestContext): void | Promise<void>;
  /** Checks on create and on update. */
  validate?(object: T): readonly FieldError[];
  /** Checks on create only, after validate. */
  validateCreate?(object: T): readonly FieldError[];
  validateUpdate?(object: T, old: T): readonly FieldError[];
  validateStatusUpdate?(object: T, old: T): readonly FieldError[];
  /**
   * Checks against other objects, before the checks above; undefined: there is nothing to ask.
   * `old` is undefined on create; `subresource` is empty for the object itself.
   */
  checkOthers?(
    object: T,
    old: T | undefined,
    subresource: string,
  ): Promise<readonly FieldError[]> | undefined;
  /** Which checks of metadata upstream's update of the kind repeats, after those of all kinds; default: `all`. */
  readonly metadataOnUpdate?: MetadataChecks;
  /** The same for its status; default: what does not belong to the rules. */
  readonly metadataOnStatusUpdate?: MetadataChecks;
  /** True where finalizers need not have a domain. */
  readonly plainFinalizers?: boolean;
  /** True where upstream runs validate twice on an update: each of its causes is given twice. */
  readonly validatesTwice?: boolean;
  /** True when an update is checked by validateUpdate alone, which knows what was there before. */
  readonly ratchets?: boolean;
  /**
   * What a writer should know of an object that is valid: each text becomes a `Warning` header.
   * `old` is undefined on create; `subresource` is empty for the object itself.
   */
  warnings?(object: T, old: T | undefined, subresource: string): readonly string[];
  /** True when a PUT of a name that does not exist creates it. */
  readonly allowCreateOnUpdate?: boolean;
  /** True when an update without a resourceVersion is allowed. Default true. */
  readonly allowUnconditionalUpdate?: boolean;
  /** How the name is checked; default: DNS subdomain. */
  readonly nameRule?: 'subdomain' | 'label' | 'label1035' | 'pathSegment';
  /** Says what is wrong with a name, in place of nameRule. */
  nameErrors?(name: string, object: T): readonly string[];
  /** The grace period in seconds that a delete gives; absent: objects go at once. Pods have one. */
  gracePeriodSeconds?(object: T, options: DeleteOptions): number;
  /** Marks an object that is asked to go but cannot go at once (a Namespace: phase Terminating). */
  prepareForDelete?(draft: T, context: RequestContext): void | Promise<void>;
  /**
   * True while something other than metadata.finalizers keeps a deleted object (a Namespace:
   * spec.finalizers). The update after which it is false removes the object.
   */
  holdsDeletion?(object: T): boolean;
  /** True when objects are deleted one by one only (namespaces). */
  readonly noDeleteCollection?: boolean;
  /** True when a delete answers the last state instead of a Status. */
  readonly returnsDeletedObject?: boolean;
  /** Runs after the object was written durably for the first time, was changed, or went. Must not throw. */
  afterCreate?(object: T, context: RequestContext): void | Promise<void>;
  afterUpdate?(object: T, old: T): void | Promise<void>;
  afterDelete?(object: T): void | Promise<void>;
  /** Undoes what prepareForCreate took (an IP, a port) when the create did not happen. Must not throw. */
  undoCreate?(draft: T): void | Promise<void>;
  /**
   * Fields for field selectors beside metadata.name and metadata.namespace. It is also asked with
   * an object whose metadata, spec and status are empty, for the names of the fields.
   */
  selectableFields?(object: T): Readonly<Record<string, string>>;
  /** Words the refusal of a field selector's field that is not among these; there is a text for most kinds. */
  unknownField?(field: string): string;
  /** True when the resource has a `status` that only the status subresource writes. */
  readonly hasStatus?: boolean;
  /** Fields of the object that nobody owns, beside status: writes after the first keep them as they are. */
  readonly resetFields?: readonly string[];
  /** The same for who writes through a subresource: `{ status: ['metadata.labels'] }`. */
  readonly subresourceResetFields?: Readonly<Record<string, readonly string[]>>;
  /** True when a writer of the status changes labels, annotations, … with it. Default: only status. */
  readonly statusChangesMetadata?: boolean;
  /**
   * metadata.generation counts changes of spec; `content`: of everything but metadata, and of
   * status where the object itself writes it.
   */
  readonly hasGeneration?: boolean | 'content';
  /** Whether a change counts for metadata.generation; default: when spec differs. */
  changesGeneration?(object: T, old: T): boolean;
  /** Present where a delete without a propagation policy orphans: the text that warns of it, or ''. */
  readonly orphanWarning?: string;
}

/** Column is one printer column of a Table; `priority` 1 shows only with `-o wide`. */
export interface Column<T extends KubeObject> {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly priority?: number;
  readonly description: string;
  /** The cell; `now` is the time of the request, for ages. Null: the object has nothing to show. */
  cell(object: T, now: Date): string | number | boolean | null;
}

/** StorageListOptions are a decoded list or watch query. */
export interface StorageListOptions {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly limit: number;
  readonly continue: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean;
  /** True for a watch that wants nothing of what there is, even where it names no version. */
  readonly startsEmpty?: boolean;
  readonly timeoutSeconds: number;
}

/**
 * ResourceStorage serves a resource that is not simply stored: Project (a view of Namespace),
 * ImageStreamTag (a view of ImageStream and Image), ProjectRequest (create only). Verbs that are
 * absent answer 405 and are not in discovery. Name, kind and namespace of the input are checked
 * and defaults applied before a method is called. `update` gets a function from the current
 * object to the new one, so that PUT and every kind of PATCH are the same to it.
 */
export interface ResourceStorage<T extends KubeObject> {
  /** True when what is created shows the fields of its maker, as Kubernetes' own reviews do. */
  readonly tracksFields?: boolean;
  get?(name: string, context: RequestContext): Promise<T>;
  list?(options: StorageListOptions, context: RequestContext): Promise<KubeList<T>>;
  watch?(
    options: StorageListOptions,
    context: RequestContext,
  ): Promise<AsyncIterable<WatchEvent<T>>>;
  create?(object: T, context: RequestContext): Promise<KubeObject>;
  update?(
    name: string,
    change: (current: T) => T | Promise<T>,
    context: RequestContext,
  ): Promise<T>;
  delete?(name: string, options: DeleteOptions, context: RequestContext): Promise<KubeObject>;
  deleteCollection?(
    list: StorageListOptions,
    options: DeleteOptions,
    context: RequestContext,
  ): Promise<KubeList<T>>;
}

/** ConnectRequest is a request to a subresource that streams: logs, exec, proxies, webhooks. */
export interface ConnectRequest {
  readonly name: string;
  readonly method: string;
  /** What follows the subresource in the path, beginning with `/`, or empty. */
  readonly subpath: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it arrives (binary builds stream gigabytes). */
  readonly body: AsyncIterable<Uint8Array>;
  /** Present for an `Upgrade` request: the handler answers it by taking over the socket. */
  readonly upgrade?: {
    readonly request: IncomingMessage;
    readonly socket: Duplex;
    readonly head: Buffer;
  };
}

/** Subresource is one of the ways in which a path below an object can be served. */
export type Subresource<T extends KubeObject> =
  /** The kit serves GET, PUT and PATCH of status. */
  | { readonly kind: 'status' }
  /** The kit serves autoscaling/v1 Scale from these field paths. */
  | {
      readonly kind: 'scale';
      readonly specReplicasPath: string;
      readonly statusReplicasPath: string;
      /** True where an object without replicas in its spec has no scale to read: 500. */
      readonly demandsReplicas?: boolean;
      /** The serialized selector of the object's pods. */
      selector(object: T): string;
    }
  /** POST of one kind that answers a kind: binding, eviction, token, instantiate, rollback, clone. */
  | {
      readonly kind: 'create';
      readonly input: {
        readonly group: string;
        readonly version: string;
        readonly kind: string;
        readonly definition: string;
        /** Older versions of the group whose objects have the same form and are taken also. */
        readonly alsoVersions?: readonly string[];
      };
      create(name: string, input: KubeObject, context: RequestContext): Promise<KubeObject>;
    }
  /** GET of one kind that is computed: `imagestreams/layers`, `imagestreams/secrets`. */
  | {
      readonly kind: 'get';
      readonly output: {
        readonly group: string;
        readonly version: string;
        readonly kind: string;
        readonly definition: string;
      };
      get(name: string, context: RequestContext): Promise<KubeObject>;
    }
  /**
   * Another way to PUT and PATCH the same kind: `namespaces/finalize`, `pods/ephemeralcontainers`.
   * prepareForUpdate keeps what this subresource may not change; nothing is restored by the kit.
   */
  | {
      readonly kind: 'update';
      /** True when it takes PUT only. */
      readonly putOnly?: boolean;
      prepareForUpdate(draft: T, old: T, context: RequestContext): void | Promise<void>;
      validateUpdate?(object: T, old: T): readonly FieldError[];
    }
  /**
   * Streams. `verbs` go into discovery and authorization. Answers a body, or nothing when it took
   * over the upgraded socket.
   */
  | {
      readonly kind: 'connect';
      readonly methods: readonly (
        | 'GET'
        | 'POST'
        | 'PUT'
        | 'PATCH'
        | 'DELETE'
        | 'HEAD'
        | 'OPTIONS'
      )[];
      readonly outputKind?: string;
      /** True where more of a path may follow, as in proxies. */
      readonly hasPath?: boolean;
      connect(request: ConnectRequest, context: RequestContext): Promise<ApiBody | undefined>;
    };

/**
 * StoredForm makes a definition one more API version of a resource that is stored in the form of
 * another definition: every verb reads and writes those same objects. The strategy of such a
 * definition works on its own version's form. Conversions take a batch, answer as many objects in
 * the same order, and neither change what they get nor keep it: what they get may be frozen.
 */
export interface StoredForm {
  /** The type of the definition that is stored. */
  readonly type: ResourceType;
  toStored(objects: readonly KubeObject[]): readonly KubeObject[] | Promise<readonly KubeObject[]>;
  fromStored(
    objects: readonly KubeObject[],
  ): readonly KubeObject[] | Promise<readonly KubeObject[]>;
  /** What the stored definition calls a field of field selectors; undefined: there is none. Default: the same. */
  selectableField?(name: string): string | undefined;
}

/** StructureReport is what ObjectStructure found in a value. */
export interface StructureReport {
  /** Why the value cannot be read at all; it is in an undefined state then. */
  readonly error: string | undefined;
  /** The paths of fields that are not declared. */
  readonly unknownFields: readonly string[];
}

/** ObjectStructure is the schema of objects that the catalogue does not have: custom resources. */
export interface ObjectStructure {
  /**
   * decode checks the types of metadata, prunes what is not declared and defaults, in place. Nulls
   * that the schema does not allow go too, unless `keepsNulls` says otherwise.
   */
  decode(value: JsonObject, rules?: { readonly keepsNulls?: boolean }): StructureReport;
  /** undeclared answers why server-side apply cannot say who owns a field of a configuration. */
  undeclared(config: JsonObject): string | undefined;
  /** How fields take part in ownership. */
  readonly shape: Shape;
  /**
   * restore brings objects as they are in the store, written under any former schema or version,
   * into the form of this definition; it may change them.
   */
  restore?(objects: readonly KubeObject[]): Promise<readonly KubeObject[]>;
}

/** ResourceDefinition declares a resource once; REST routes, discovery, OpenAPI and printing follow. */
export interface ResourceDefinition<T extends KubeObject = KubeObject> {
  readonly type: ResourceType<T>;
  /** The name of its schema in the catalogue, such as `io.k8s.api.core.v1.Pod`. */
  readonly definition: string;
  /** Present for a resource whose schema is not in the catalogue; `definition` is then its name only. */
  readonly structure?: ObjectStructure;
  /** The schemas of the kind and its list for OpenAPI documents, where the catalogue has none. */
  schemas?(version: 2 | 3): Readonly<Record<string, Record<string, unknown>>>;
  /** True for a definition that stores for other versions but is not served itself. */
  readonly hidden?: boolean;
  /** Default: the kind in lower case. */
  readonly singular?: string;
  /** Default: the kind with `List` behind it. */
  readonly listKind?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly columns?: readonly Column<T>[];
  readonly strategy?: Strategy<T>;
  /** Present for a further version of a resource that another definition stores. */
  readonly storedAs?: StoredForm;
  /** Present for a version that should not be used any more: every request is answered with it as a warning. */
  readonly deprecation?: string;
  /**
   * True when writes need nothing but the object, stored objects and the user: then any thread may
   * carry them out, unless something that is configured (webhooks, quotas) has a say. Hooks of the
   * strategy may not write, nor remember anything.
   */
  readonly writtenAnywhere?: boolean;
  /** Present for a resource that is computed instead of stored. */
  readonly storage?: ResourceStorage<T>;
  readonly subresources?: Readonly<Record<string, Subresource<T>>>;
}

/** DefinitionDeps is what factories of definitions may use; `client` acts as the server itself. */
export interface DefinitionDeps {
  readonly client: Client;
}
