import type { RolloutSet, RolloutState } from './rollout-state.ts';

/** Scaling is one replica set and the number of pods that it shall have. */
export interface Scaling {
  readonly name: string;
  readonly replicas: number;
}

/** roundAway rounds halves away from zero. */
function roundAway(value: number): number {
  return Math.trunc(value < 0 ? value - 0.5 : value + 0.5);
}

/** shareOf is by how much a set would change if it kept its part of the whole. */
function shareOf(set: RolloutSet, state: RolloutState): number {
  if (state.desired === 0) return -set.replicas;
  const before = set.scaledForMax ?? state.lastReplicas;
  if (before === 0) return 0;
  const size = (set.replicas * (state.desired + state.maxSurge)) / before;
  return roundAway(size) - set.replicas;
}

/** bySize sorts the largest sets first; of those of one size the youngest, or the oldest. */
function bySize(order: 'youngest' | 'oldest') {
  const sign = order === 'youngest' ? -1 : 1;
  return (a: RolloutSet, b: RolloutSet) =>
    b.replicas - a.replicas ||
    sign * (a.createdMs - b.createdMs) ||
    sign * a.name.localeCompare(b.name);
}

/**
 * proportionalScalings spreads a change of the desired count over the sets of a rollout under way,
 * so that each keeps its part and the risk of the new version stays what it was. What rounding
 * leaves goes to the largest set. Only rolling updates have several sets with pods.
 */
export function proportionalScalings(state: RolloutState): Scaling[] {
  const all = state.latest ? [...state.older, state.latest] : state.older;
  const active = all.filter(({ replicas }) => replicas > 0);
  const allowed = state.desired > 0 ? state.desired + state.maxSurge : 0;
  const change = allowed - active.reduce((total, { replicas }) => total + replicas, 0);
  const sorted = active.sort(bySize(change > 0 ? 'youngest' : 'oldest'));
  let left = change;
  const sizes = sorted.map((set) => {
    const share = shareOf(set, state);
    const part = change > 0 ? Math.min(share, left) : Math.max(share, left);
    if (change === 0 || left === 0) return set.replicas;
    left -= part;
    return set.replicas + part;
  });
  return sorted.map(({ name }, index) => {
    const size = sizes[index] ?? 0;
    return { name, replicas: index === 0 ? Math.max(0, size + left) : size };
  });
}
