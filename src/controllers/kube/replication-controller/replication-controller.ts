import type { ReplicationController } from '../../../apis/core/v1/types.ts';
import { REPLICATION_CONTROLLERS } from '../../../apis/resource-types.ts';
import type { Controller, ControllerDeps } from '../../../controller-kit/controller.ts';
import { NOTHING, selectorOfSet } from '../../../machinery/labels.ts';
import { newReplication } from '../replication/replication.ts';

function selectorOf({ spec }: ReplicationController) {
  const selector = selectorOfSet(spec?.selector);
  return selector.requirements.length > 0 ? selector : NOTHING;
}

/** newReplicationControllerController keeps the pods of replication controllers. */
export function newReplicationControllerController(deps: ControllerDeps): Controller {
  return newReplication(deps, 'replication-controller', {
    type: REPLICATION_CONTROLLERS,
    selectorOf,
  });
}
