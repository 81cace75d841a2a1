import { proportionalScalings, type Scaling } from './proportional-scaling.ts';
import type { RolloutSet, RolloutState } from './rollout-state.ts';

/** RolloutStep is what a rollout does next. A scaling to the size that a set has renews its annotations. */
export type RolloutStep =
  | { readonly kind: 'create'; readonly replicas: number }
  | { readonly kind: 'scale'; readonly scalings: readonly Scaling[] }
  | { readonly kind: 'rest' };

const REST: RolloutStep = { kind: 'rest' };

const setsOf = ({ latest, older }: RolloutState) => (latest ? [...older, latest] : [...older]);
const isActive = ({ replicas }: RolloutSet) => replicas > 0;
const total = (sets: readonly RolloutSet[], of: (set: RolloutSet) => number) =>
  sets.reduce((sum, one) => sum + of(one), 0);
/** Pods that are to go are not counted, although the status may not say so yet. */
const availableOf = ({ available, replicas }: RolloutSet) => Math.min(available, replicas);
const byAge = (a: RolloutSet, b: RolloutSet) =>
  a.createdMs - b.createdMs || a.name.localeCompare(b.name);

/** isScaled tells whether the desired count changed since the sets were scaled last. */
export function isScaled(state: RolloutState): boolean {
  return setsOf(state)
    .filter(isActive)
    .some(({ scaledFor }) => scaledFor !== undefined && scaledFor !== state.desired);
}

/** scaleStep leaves out the sets that have their size and were made for the desired count. */
function scaleStep(state: RolloutState, scalings: readonly Scaling[]): RolloutStep {
  const { desired, maxSurge } = state;
  const sets = new Map(setsOf(state).map((one) => [one.name, one]));
  const needed = scalings.filter(({ name, replicas }) => {
    const set = sets.get(name);
    const isRenewed = set?.scaledFor === desired && set.scaledForMax === desired + maxSurge;
    return set?.replicas !== replicas || !isRenewed;
  });
  return needed.length > 0 ? { kind: 'scale', scalings: needed } : REST;
}

/** soleSet is the only set with pods; while none has any the latest one, created or not. */
function soleSet(state: RolloutState): RolloutSet | undefined {
  const active = setsOf(state).filter(isActive);
  if (active.length > 1) return undefined;
  return active[0] ?? state.latest ?? [...state.older].sort(byAge).at(-1);
}

function isSaturated({ latest, desired }: RolloutState): boolean {
  return (
    latest !== undefined &&
    latest.replicas === desired &&
    latest.scaledFor === desired &&
    latest.available === desired
  );
}

/** resize follows a change of the desired count without going on with the rollout. */
function resize(state: RolloutState): RolloutStep {
  const sole = soleSet(state);
  if (sole) return scaleStep(state, [{ name: sole.name, replicas: state.desired }]);
  if (isSaturated(state)) {
    const active = state.older.filter(isActive);
    return scaleStep(
      state,
      active.map(({ name }) => ({ name, replicas: 0 })),
    );
  }
  return state.strategy === 'Recreate' ? REST : scaleStep(state, proportionalScalings(state));
}

/** takeAway takes pods from old sets: first those that are not available, then from the oldest. */
function takeAway(state: RolloutState): Scaling[] {
  const { desired, maxUnavailable, latest, older } = state;
  const least = desired - maxUnavailable;
  const starting = latest ? Math.max(0, latest.replicas - latest.available) : 0;
  let budget = total(setsOf(state), ({ replicas }) => replicas) - least - starting;
  const sizes = new Map<string, number>();
  const sorted = older.filter(isActive).sort(byAge);
  for (const set of sorted) {
    const broken = Math.min(Math.max(0, budget), set.replicas - availableOf(set));
    sizes.set(set.name, set.replicas - broken);
    budget -= broken;
  }
  budget = Math.min(budget, total(setsOf(state), availableOf) - least);
  for (const set of sorted) {
    const size = sizes.get(set.name) ?? 0;
    const taken = Math.min(Math.max(0, budget), size);
    sizes.set(set.name, size - taken);
    budget -= taken;
  }
  return sorted
    .map(({ name }) => ({ name, replicas: sizes.get(name) ?? 0 }))
    .filter(({ replicas }, index) => replicas !== sorted[index]?.replicas);
}

function rollingStep(state: RolloutState): RolloutStep {
  const { desired, maxSurge, latest } = state;
  const room = Math.max(0, desired + maxSurge - total(setsOf(state), ({ replicas }) => replicas));
  if (!latest) return { kind: 'create', replicas: Math.min(desired, room) };
  const { name, replicas } = latest;
  const goal = Math.min(desired, replicas + room);
  if (goal !== replicas) return { kind: 'scale', scalings: [{ name, replicas: goal }] };
  const down = takeAway(state);
  return down.length > 0 ? { kind: 'scale', scalings: down } : REST;
}

function recreateStep({ desired, latest, older, oldPodsRun }: RolloutState): RolloutStep {
  const active = older.filter(isActive);
  if (active.length > 0) {
    return { kind: 'scale', scalings: active.map(({ name }) => ({ name, replicas: 0 })) };
  }
  if (oldPodsRun || older.some(({ running }) => running > 0)) return REST;
  if (!latest) return { kind: 'create', replicas: desired };
  if (latest.replicas === desired) return REST;
  return { kind: 'scale', scalings: [{ name: latest.name, replicas: desired }] };
}

/**
 * nextStep decides what a deployment does next from what is there now, so that it can be taken up by
 * anyone at any point. It rests while it waits for pods and when it is done.
 *
 * INVARIANTS: while the desired count stays, the pods wanted never exceed desired + maxSurge, and
 * available pods are only taken away while at least desired - maxUnavailable remain. With Recreate,
 * no pod of the new version is wanted before the last old one has ended.
 */
export function nextStep(state: RolloutState): RolloutStep {
  if (state.isPaused) return resize(state);
  if (isScaled(state)) {
    const step = resize(state);
    if (step.kind !== 'rest') return step;
  }
  return state.strategy === 'Recreate' ? recreateStep(state) : rollingStep(state);
}
