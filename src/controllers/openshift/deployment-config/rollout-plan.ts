import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import type { ReplicationController } from '../../../apis/core/v1/types.ts';
import { rollingLimits } from '../../../machinery/int-or-percent.ts';

/** Scaling is one replication controller and the number of pods that it shall have. */
export interface Scaling {
  readonly name: string;
  readonly replicas: number;
}

/** RolloutStep is what a rollout does next: scale something, wait for pods, or be done. */
export type RolloutStep =
  | { readonly kind: 'scale'; readonly scalings: readonly Scaling[] }
  | { readonly kind: 'wait' }
  | { readonly kind: 'done' };

/** RolloutState is the new deployment, the older ones, and how many pods are wanted. */
export interface RolloutState {
  readonly config: DeploymentConfig;
  readonly desired: number;
  readonly latest: ReplicationController;
  readonly older: readonly ReplicationController[];
}

const specOf = (one: ReplicationController) => one.spec?.replicas ?? 0;
const statusOf = (one: ReplicationController) => one.status?.replicas ?? 0;
const availableOf = (one: ReplicationController) => one.status?.availableReplicas ?? 0;
const isObserved = (one: ReplicationController) =>
  (one.status?.observedGeneration ?? 0) >= (one.metadata.generation ?? 0);
const sum = (list: readonly ReplicationController[], of: (one: ReplicationController) => number) =>
  list.reduce((total, one) => total + of(one), 0);
const nameOf = (one: ReplicationController) => one.metadata.name ?? '';
const byAge = (a: ReplicationController, b: ReplicationController) =>
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '');

const scale = (...scalings: Scaling[]): RolloutStep => ({ kind: 'scale', scalings });

function isComplete({ desired, latest, older }: RolloutState): boolean {
  return (
    specOf(latest) === desired &&
    isObserved(latest) &&
    availableOf(latest) >= desired &&
    sum(older, specOf) === 0 &&
    sum(older, statusOf) === 0
  );
}

/** scaleDown takes pods away: first those of old versions that are not available, then the oldest. */
function scaleDown(state: RolloutState, removable: number): Scaling[] {
  const scalings: Scaling[] = [];
  let budget = removable;
  for (const one of [...state.older].sort(byAge)) {
    const replicas = specOf(one);
    if (replicas === 0) continue;
    const broken = Math.max(0, replicas - availableOf(one));
    const fromHealthy = Math.min(budget, replicas - broken);
    budget -= fromHealthy;
    const target = replicas - broken - fromHealthy;
    if (target !== replicas) scalings.push({ name: nameOf(one), replicas: target });
  }
  return scalings;
}

function rollingStep(state: RolloutState): RolloutStep {
  const { config, desired, latest, older } = state;
  const limits = rollingLimits(config.spec.strategy?.rollingParams ?? {}, desired);
  if (![latest, ...older].every(isObserved)) return { kind: 'wait' };
  const total = specOf(latest) + sum(older, specOf);
  const room = desired + limits.maxSurge - total;
  const goal = Math.min(desired, specOf(latest) + Math.max(0, room));
  if (specOf(latest) < goal) return scale({ name: nameOf(latest), replicas: goal });
  if (specOf(latest) > desired) return scale({ name: nameOf(latest), replicas: desired });
  const available = availableOf(latest) + sum(older, availableOf);
  const removable = Math.max(0, available - Math.max(0, desired - limits.maxUnavailable));
  const down = scaleDown(state, removable);
  return down.length > 0 ? scale(...down) : { kind: 'wait' };
}

function recreateStep({ desired, latest, older }: RolloutState): RolloutStep {
  const running = older.filter((one) => specOf(one) > 0);
  if (running.length > 0) {
    return scale(...running.map((one) => ({ name: nameOf(one), replicas: 0 })));
  }
  if (sum(older, statusOf) > 0 || !older.every(isObserved)) return { kind: 'wait' };
  if (specOf(latest) !== desired) return scale({ name: nameOf(latest), replicas: desired });
  return { kind: 'wait' };
}

/**
 * nextStep decides what a rollout does next from what is there now, so that it can be taken up by
 * anyone at any point. A first deployment needs no strategy: it is just scaled up.
 *
 * INVARIANTS: with Rolling, the pods wanted never exceed desired + maxSurge, and available pods
 * are only taken away while at least desired - maxUnavailable remain.
 */
export function nextStep(state: RolloutState): RolloutStep {
  if (isComplete(state)) return { kind: 'done' };
  if (state.config.spec.strategy?.type === 'Recreate') return recreateStep(state);
  return rollingStep(state);
}
