import type { ReplicaSet } from '../../../apis/apps/v1/types.ts';
import { REPLICA_SETS } from '../../../apis/resource-types.ts';
import type { Controller, ControllerDeps } from '../../../controller-kit/controller.ts';
import { selectorOfObject } from '../../../machinery/labels.ts';
import { controllerOf } from '../owner.ts';
import { newReplication } from '../replication/replication.ts';

/** siblingsOf are the replica sets of the same deployment, the set itself included. */
function siblingsOf(set: ReplicaSet, all: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const uid = controllerOf(set)?.uid;
  return uid === undefined ? [set] : all.filter((one) => controllerOf(one)?.uid === uid);
}

/** newReplicaSetController keeps the pods of replica sets. */
export function newReplicaSetController(deps: ControllerDeps): Controller {
  return newReplication(deps, 'replica-set', {
    type: REPLICA_SETS,
    selectorOf: (set) => selectorOfObject(set.spec?.selector),
    relativesOf: siblingsOf,
  });
}
