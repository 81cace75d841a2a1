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

/** verbsOf answers the verbs that a Rest serves, sorted. */
export function verbsOf(rest: Rest): RestVerb[] {
  const served: readonly [RestVerb, unknown][] = [
    ['create', rest.create],
    ['delete', rest.delete],
    ['deletecollection', rest.deleteCollection],
    ['get', rest.get],
    ['list', rest.list],
    ['patch', rest.update],
    ['update', rest.update],
    ['watch', rest.watch],
  ];
  return served.filter(([, method]) => method !== undefined).map(([verb]) => verb);
}
