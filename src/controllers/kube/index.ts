import type { Controller, ControllerDeps, EventRecorder } from '../../controller-kit/controller.ts';
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
    newReplicationControllerController(as('replication-controller')),
    newScheduler(as('default-scheduler')),
  ];
}
