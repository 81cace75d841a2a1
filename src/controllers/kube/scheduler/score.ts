import type { Pod } from '../../../apis/core/v1/types.ts';
import { tolerates } from '../taints.ts';
import { termMatches } from './node-selection.ts';
import type { NodeState } from './node-state.ts';
import { scoringRequest } from './pod-request.ts';

/** Weights of the scores, kube-scheduler's defaults. */
const TAINT_WEIGHT = 3;
const AFFINITY_WEIGHT = 2;
const ALLOCATION_WEIGHT = 1;

/** bestNode picks the node with the highest score; among equals the one with fewer pods, then by name. */
export function bestNode(pod: Pod, states: readonly NodeState[]): NodeState | undefined {
  const taints = normalized(states.map((state) => -untoleratedPreferences(pod, state)));
  const affinities = normalized(states.map((state) => preferredAffinity(pod, state)));
  const scores = new Map(
    states.map((state, i) => [
      state,
      TAINT_WEIGHT * (taints[i] ?? 0) +
        AFFINITY_WEIGHT * (affinities[i] ?? 0) +
        ALLOCATION_WEIGHT * leastAllocated(pod, state),
    ]),
  );
  const scoreOf = (state: NodeState) => scores.get(state) ?? 0;
  return [...states].sort(
    (a, b) =>
      scoreOf(b) - scoreOf(a) || a.pods.length - b.pods.length || (a.name < b.name ? -1 : 1),
  )[0];
}

/** leastAllocated is the part of cpu and memory that stays free, 0 to 100. */
function leastAllocated(pod: Pod, state: NodeState): number {
  const wanted = scoringRequest(pod);
  const free = ['cpu', 'memory'].map((name) => {
    const has = state.allocatable.get(name) ?? 0;
    const used = (state.scored.get(name) ?? 0) + (wanted.get(name) ?? 0);
    return has === 0 || used > has ? 0 : (100 * (has - used)) / has;
  });
  return free.reduce((sum, one) => sum + one, 0) / free.length;
}

function untoleratedPreferences(pod: Pod, { node }: NodeState): number {
  const taints = (node.spec?.taints ?? []).filter((one) => one.effect === 'PreferNoSchedule');
  return taints.filter((taint) => !tolerates(pod.spec?.tolerations, taint)).length;
}

function preferredAffinity(pod: Pod, { node }: NodeState): number {
  const { nodeAffinity } = pod.spec?.affinity ?? {};
  const preferred = nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return preferred
    .filter(({ preference }) => termMatches(preference, node))
    .reduce((sum, { weight }) => sum + weight, 0);
}

/** normalized maps values to 0 … 100 between the smallest and the largest; equal ones to 100. */
function normalized(values: readonly number[]): number[] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return values.map((value) => (high === low ? 100 : (100 * (value - low)) / (high - low)));
}
