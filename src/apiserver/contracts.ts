import type { PeerCertificate } from 'node:tls';
import type { JsonObject } from '../machinery/json-value.ts';
import type { KubeObject, ResourceType } from '../machinery/object.ts';
import type { RequestContext, ResourceDefinition, UserInfo } from './resource-definition.ts';

/** RequestFacts is what a request shows of its sender. */
export interface RequestFacts {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The client's certificate, where it sent one that verified against the server's client CA. */
  readonly peerCertificate: PeerCertificate | undefined;
  /** True when the client sent a certificate that did not verify: alone, it answers 401. */
  readonly certificateRefused?: boolean;
  readonly path: string;
  readonly remoteAddress: string;
  /** Who sends it, where another thread of the server has found out already. */
  readonly knownUser?: UserInfo | undefined;
}

/**
 * Authenticator finds out who sends a request. Undefined answers 401 Unauthorized: it is for
 * credentials that are wrong. A request without credentials may be `system:anonymous`. The answer
 * to an `authorization` header is kept for ten seconds, as in Kubernetes.
 */
export interface Authenticator {
  authenticate(facts: RequestFacts): Promise<UserInfo | undefined> | UserInfo | undefined;
}

/** AuthorizationAttributes is one question: may this user do this. */
export interface AuthorizationAttributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Empty for cluster-scoped resources and for all namespaces. */
  readonly namespace: string;
  /** The field selector of a list or watch, where it has one. */
  readonly fieldSelector?: string;
  /** The label selector likewise. */
  readonly labelSelector?: string;
  /** Present for a request that is not to a resource, such as `/version`. */
  readonly path?: string | undefined;
}

/** AuthorizationDecision is the answer; a refusal may say why, which is shown to the user. */
export interface AuthorizationDecision {
  readonly allowed: boolean;
  readonly reason?: string;
  /** True where it was refused, not only not allowed: nobody else is asked. */
  readonly denied?: boolean;
  /** Why it could not be found out; without being allowed the request is answered with 500. */
  readonly error?: string;
}

/** Authorizer decides whether a request is allowed. It must not call back into the server. */
export interface Authorizer {
  authorize(
    attributes: AuthorizationAttributes,
  ): Promise<AuthorizationDecision> | AuthorizationDecision;
}

/** GroupVersionKind names the type of an object. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/**
 * Reinvocation is how a plugin that changed an object has the mutating plugins run once more: it
 * sets `needed`; in the second run `again` is true. `state` is what plugins remember in between.
 */
export interface Reinvocation {
  again: boolean;
  needed: boolean;
  readonly state: Map<unknown, unknown>;
}

/** AdmissionRequest is one write (or connect) on its way to storage. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly type: ResourceType;
  /** The kind of the object; not the resource's own where a subresource takes another, as `eviction`. */
  readonly kind: GroupVersionKind;
  readonly subresource: string;
  readonly namespace: string;
  /** Empty while mutating admission sees an object whose name is yet to be generated. */
  readonly name: string;
  /** The object that is to be written: a draft that mutate may change. Absent on DELETE. */
  readonly object: KubeObject | undefined;
  /** The stored object, frozen. Absent on CREATE. */
  readonly old: KubeObject | undefined;
  readonly context: RequestContext;
  /** CreateOptions, UpdateOptions (of a patch, too) or DeleteOptions as given; none of CONNECT. */
  readonly options: JsonObject | undefined;
  /** The definition of the resource. */
  readonly definition: ResourceDefinition;
  /**
   * replace makes the draft what a plugin computed, pruned and defaulted like what a client sends;
   * throws a StatusError for what does not fit the schema.
   */
  replace(value: JsonObject): void;
  readonly reinvocation: Reinvocation;
  /**
   * Has something called once when the write is done, whether it happened or was refused or lost.
   * Present for creates and updates of stored objects.
   */
  readonly whenDone?: ((callback: () => void) => void) | undefined;
}

/** Admission sees every write after defaults and before storage; it refuses by throwing a StatusError. */
export interface Admission {
  /** What metrics call it; absent: it is not measured. */
  readonly name?: string;
  /** The operations that it is asked about; absent: all. */
  readonly operations?: readonly AdmissionRequest['operation'][];
  mutate?(request: AdmissionRequest): void | Promise<void>;
  validate?(request: AdmissionRequest): void | Promise<void>;
}

/** OpenApiDocument is a served document; `etag` changes whenever the bytes do. */
export interface OpenApiDocument {
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** OpenApiProvider serves the machine-readable description of the API. */
export interface OpenApiProvider {
  /** v2 answers `/openapi/v2` in a form that the Accept header allows; undefined: 406. */
  v2(accept: string): Promise<OpenApiDocument | undefined>;
  /** v3Index answers `/openapi/v3`: the paths of the documents. */
  v3Index(): Promise<OpenApiDocument>;
  /** v3 answers `/openapi/v3/apis/apps/v1` for `apis/apps/v1`; undefined: 404; not in a form that is accepted: 406. */
  v3(name: string, accept: string): Promise<OpenApiDocument | 'unacceptable' | undefined>;
}

/** ApiClock is the time of the server; tests own it. */
export interface ApiClock {
  now(): Date;
  /** setTimer calls back once after `ms`; the answer cancels it. */
  setTimer(ms: number, callback: () => void): () => void;
}

/** ApiLog is the part of a logger that the server uses. */
export interface ApiLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
