import type { Client } from '../client/client.ts';
import type { KubeObject, ResourceType } from '../machinery/object.ts';

/** Informer holds a watched copy of a collection. Objects that it answers are frozen. */
export interface Informer<T extends KubeObject = KubeObject> {
  readonly type: ResourceType<T>;
  /** get answers the object of a key `namespace/name` (or `name`). */
  get(key: string): T | undefined;
  /** list answers all objects, of one namespace where given, in no particular order. */
  list(namespace?: string): readonly T[];
  /** byIndex answers the objects for which the index function named a value. */
  byIndex(index: string, value: string): readonly T[];
  /** addIndex defines an index; call it before start. */
  addIndex(index: string, values: (object: T) => readonly string[]): void;
  /** onChange is called after the copy changed; on a delete `current` is undefined. */
  onChange(handler: (change: { current: T | undefined; previous: T | undefined }) => void): void;
  /** synced resolves when the first list is in the copy. */
  synced(): Promise<void>;
}

/** Informers hands out one shared informer per resource and runs them. */
export interface Informers {
  informer<T extends KubeObject>(type: ResourceType<T>): Informer<T>;
  /** forget ends the informer of a resource that is no longer served; asking again begins anew. */
  forget(type: ResourceType): void;
}

/** ReconcileResult asks for another look after a while although nothing went wrong. */
export interface ReconcileResult {
  readonly requeueAfterMs?: number;
}

/** Clock is injected wherever time matters, so that tests and simulations own it. */
export interface Clock {
  now(): Date;
  /** elapsedMs tells how much time has passed since some moment, also where somebody sets `now`. */
  elapsedMs(): number;
  /** setTimer calls back once after `ms`; the answer cancels it. */
  setTimer(ms: number, callback: () => void): () => void;
}

/** EventRecorder writes Events about an object, counting repeated ones instead of storing them. */
export interface EventRecorder {
  event(
    object: KubeObject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    options?: EventOptions,
  ): void;
}

/** EventOptions say more about an Event. */
export interface EventOptions {
  /** The part of the object that it is about, such as `spec.containers{web}`. */
  readonly fieldPath?: string;
}

/** ControllerDeps is what every controller gets. */
export interface ControllerDeps {
  readonly client: Client;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly recorder: EventRecorder;
  readonly log: Logger;
}

/** Logger is the part of pino that the rooms use. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Controller is level-triggered: `reconcile(key)` looks at the world through informers and client,
 * decides, and acts. It is called again with back-off when it throws, not again when it throws
 * TerminalError or the namespace is going (what a create in it is answered), and never twice at once for one key. It can be killed between any two writes.
 */
export interface Controller {
  readonly name: string;
  /** The informers whose sync it waits for, and which changes enqueue which keys. */
  readonly sources: readonly Source[];
  /** How many keys are reconciled at once. Default 1. */
  readonly concurrency?: number;
  /** Enqueues the same key ever so often, changes or none. */
  readonly resyncMs?: number;
  /**
   * Called once when the controller starts, for keys that come from elsewhere than sources
   * (resources that are known only at run time, timers); the answer is called at stop.
   */
  readonly begin?: (enqueue: (key: string) => void) => () => void;
  reconcile(key: string): Promise<ReconcileResult | undefined>;
}

/** Source says which keys a change of one resource enqueues. Made with `source()`. */
export interface Source {
  readonly type: ResourceType;
  keys(change: {
    current: KubeObject | undefined;
    previous: KubeObject | undefined;
  }): readonly string[];
}

/** source makes a Source with the resource's own object type; default: the object's own key. */
export function source<T extends KubeObject>(
  type: ResourceType<T>,
  keys: (object: T, previous: T | undefined) => readonly string[],
): Source {
  return {
    type,
    keys: ({ current, previous }) => {
      const object = (current ?? previous) as T | undefined;
      return object === undefined ? [] : keys(object, previous as T | undefined);
    },
  };
}

/** TerminalError stops the retries of a reconcile until the object changes again. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}
