import type { Pod } from '../../../apis/core/v1/types.ts';
import type { PodDisruptionBudget } from '../../../apis/policy/v1/types.ts';
import {
  DEPLOYMENTS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
} from '../../../apis/resource-types.ts';
import type { Informers } from '../../../controller-kit/controller.ts';
import { resolveIntOrPercent } from '../../../machinery/int-or-percent.ts';
import type { OwnerReference } from '../../../machinery/meta/v1.ts';
import type { ResourceType } from '../../../machinery/object.ts';
import { controllerOf } from '../owner.ts';

/** Expected is how many pods a budget should find, and how many of them must stay healthy. */
export interface Expected {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
  /** The names of pods that nothing controls: what a percentage is of cannot be known of them. */
  readonly unmanaged: readonly string[];
}

interface Scale {
  readonly uid: string;
  readonly replicas: number;
}

/** SCALED are the resources whose numbers of replicas the controllers of pods have. */
export const SCALED: readonly ResourceType[] = [
  DEPLOYMENTS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
];

/** ExpectedPods finds out how many pods there should be from what controls them. */
export class ExpectedPods {
  readonly #informers: Informers;

  constructor(informers: Informers) {
    this.#informers = informers;
    for (const type of SCALED) informers.informer(type);
  }

  /** of answers what a budget expects; throws where the controller of a pod is unknown. */
  of(budget: PodDisruptionBudget, pods: readonly Pod[]): Expected {
    const { minAvailable, maxUnavailable } = budget.spec ?? {};
    if (maxUnavailable !== undefined) {
      const { total, unmanaged } = this.#total(pods);
      const away = resolveIntOrPercent(maxUnavailable, total, 'up');
      return { expectedPods: total, desiredHealthy: Math.max(0, total - away), unmanaged };
    }
    if (typeof minAvailable === 'number')
      return { expectedPods: pods.length, desiredHealthy: minAvailable, unmanaged: [] };
    if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0, unmanaged: [] };
    const { total, unmanaged } = this.#total(pods);
    const desiredHealthy = resolveIntOrPercent(minAvailable, total, 'up');
    return { expectedPods: total, desiredHealthy, unmanaged };
  }

  #total(pods: readonly Pod[]): { readonly total: number; readonly unmanaged: string[] } {
    const scales = new Map<string, number>();
    const unmanaged: string[] = [];
    for (const pod of pods) {
      const { name = '', namespace = '' } = pod.metadata;
      const owner = controllerOf(pod);
      if (owner === undefined) {
        unmanaged.push(name);
        continue;
      }
      const scale = this.#scaleOf(owner, namespace);
      if (scale === undefined)
        throw new Error(`found no controllers for pod ${JSON.stringify(name)}`);
      scales.set(scale.uid, scale.replicas);
    }
    return { total: [...scales.values()].reduce((sum, one) => sum + one, 0), unmanaged };
  }

  #scaleOf(owner: OwnerReference, namespace: string): Scale | undefined {
    const key = `${namespace}/${owner.name}`;
    if (owner.kind === 'ReplicaSet') {
      const set = this.#informers.informer(REPLICA_SETS).get(key);
      const above = set && controllerOf(set);
      if (above?.kind === 'Deployment') {
        const deployment = this.#informers.informer(DEPLOYMENTS).get(`${namespace}/${above.name}`);
        return scaleOf(deployment, above.uid);
      }
      return scaleOf(set, owner.uid);
    }
    if (owner.kind === 'StatefulSet')
      return scaleOf(this.#informers.informer(STATEFUL_SETS).get(key), owner.uid);
    if (owner.kind === 'ReplicationController')
      return scaleOf(this.#informers.informer(REPLICATION_CONTROLLERS).get(key), owner.uid);
    return undefined;
  }
}

function scaleOf(
  object:
    | {
        readonly metadata: { readonly uid?: string };
        readonly spec?: { readonly replicas?: number };
      }
    | undefined,
  uid: string,
): Scale | undefined {
  if (object === undefined || object.metadata.uid !== uid) return undefined;
  return { uid, replicas: object.spec?.replicas ?? 1 };
}
