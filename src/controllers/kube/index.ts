import type { Controller, ControllerDeps, EventRecorder } from '../../controller-kit/controller.ts';
import { newEndpointSliceController } from './endpoints/endpoint-slice-controller.ts';
import { newEndpointsController } from './endpoints/endpoints-controller.ts';
import { newSliceMirroringController } from './endpoints/slice-mirroring-controller.ts';
import { newReplicationControllerController } from './replication-controller/replication-controller.ts';
import { newScheduler } from './scheduler/scheduler.ts';

/** KubeControllerDeps is what Kubernetes' own controllers need beside what all controllers get. */
export interface KubeControllerDeps extends ControllerDeps {
  /** A recorder that names another component as the source of events; default: `recorder`. */
  readonly recorderFor?: (component: string) => EventRecorder;
}

/** kubeControllers makes all of them; the caller gives them to a manager. */
export function kubeControllers(deps: KubeControllerDeps): Controller[] {
  const as = (component: string): ControllerDeps => ({
    ...deps,
    recorder: deps.recorderFor?.(component) ?? deps.recorder,
  });
  return [
    newEndpointsController(as('endpoint-controller')),
    newEndpointSliceController(as('endpoint-slice-controller')),
    newSliceMirroringController(as('endpoint-slice-mirroring-controller')),
    newReplicationControllerController(as('replication-controller')),
    newScheduler(as('default-scheduler')),
  ];
}
