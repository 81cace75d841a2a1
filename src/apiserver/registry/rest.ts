import type { DeleteOptions } from '../../machinery/meta/v1.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { WatchSource } from '../cache/message-sink.ts';
import type { Payload } from '../output/payload.ts';
import type { OperationContext } from '../request/operation-context.ts';
import type { StorageListOptions } from '../resource-definition.ts';
import type { Change, UpdateOptions, UpdateResult } from './update-object.ts';

/**
 * Rest serves one resource, stored or computed. A method that is absent answers 405 and is not in
 * discovery.
 */
export interface Rest {
  get?(name: string, context: OperationContext, resourceVersion: string): Promise<Payload>;
  list?(options: StorageListOptions, context: OperationContext): Promise<Payload>;
  watch?(options: StorageListOptions, context: OperationContext): Promise<WatchSource>;
  create?(draft: KubeObject, context: OperationContext): Promise<Payload>;
  update?(
    name: string,
    change: Change,
    update: { readonly options: UpdateOptions; readonly context: OperationContext },
  ): Promise<UpdateResult>;
  delete?(name: string, options: DeleteOptions, context: OperationContext): Promise<Payload>;
  deleteCollection?(
    list: StorageListOptions,
    options: DeleteOptions,
    context: OperationContext,
  ): Promise<Payload>;
}

/** RestVerb is a verb of a Rest as discovery and authorization spell it. */
export type RestVerb =
  | 'create'
  | 'delete'
  | 'deletecollection'
  | 'get'
  | 'list'
  | 'patch'
  | 'update'
  | 'watch';

/** METHODS are the methods that the verbs call, sorted by the verbs. */
const METHODS: ReadonlyMap<string, keyof Rest> = new Map<RestVerb, keyof Rest>([
  ['create', 'create'],
  ['delete', 'delete'],
  ['deletecollection', 'deleteCollection'],
  ['get', 'get'],
  ['list', 'list'],
  ['patch', 'update'],
  ['update', 'update'],
  ['watch', 'watch'],
]);

/** serves tells whether a Rest serves a verb, which may be any text. */
export function serves(rest: Rest, verb: string): verb is RestVerb {
  const method = METHODS.get(verb);
  return method !== undefined && rest[method] !== undefined;
}

/** verbsOf answers the verbs that a Rest serves, sorted. */
export function verbsOf(rest: Rest): RestVerb[] {
  return [...METHODS.keys()].filter((verb) => serves(rest, verb));
}
