import type { PodTemplateSpec, ReplicationControllerStatus } from '../../../apis/core/v1/types.ts';
import type { Selector } from '../../../machinery/labels.ts';
import type { KubeObject, ResourceType } from '../../../machinery/object.ts';

/** ReplicaStatus is what replication controllers and replica sets report alike. */
export type ReplicaStatus = ReplicationControllerStatus;

/** Replicated is an object that keeps a number of pods of one template running. */
export interface Replicated extends KubeObject {
  spec?: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly template?: PodTemplateSpec;
  };
  status?: ReplicaStatus;
}

/** ReplicatedKind is a kind of Replicated, and which pods one of them selects. */
export interface ReplicatedKind<T extends Replicated> {
  readonly type: ResourceType<T>;
  selectorOf(object: T): Selector;
  /**
   * Objects that share their pods' purpose, such as the replica sets of one deployment: on the node
   * where they have most pods together, pods are deleted first. Default: the object alone.
   */
  relativesOf?(object: T, all: readonly T[]): readonly T[];
}
