import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RollingBounds, rollingLimits } from '../../../machinery/int-or-percent.ts';
import { isScaled, nextStep } from './rollout-plan.ts';
import type { RolloutLimits, RolloutSet, RolloutState } from './rollout-state.ts';

function setOf(name: string, replicas: number, more: Partial<RolloutSet> = {}): RolloutSet {
  return {
    name,
    replicas,
    running: replicas,
    available: replicas,
    createdMs: Number(name.replace(/\D/g, '')) || 0,
    scaledFor: 10,
    scaledForMax: 13,
    ...more,
  };
}

function stateOf(more: Partial<RolloutState>): RolloutState {
  return {
    desired: 10,
    maxSurge: 3,
    maxUnavailable: 2,
    strategy: 'RollingUpdate',
    isPaused: false,
    latest: undefined,
    older: [],
    oldPodsRun: false,
    lastReplicas: 10,
    ...more,
  };
}

const scale = (sizes: Record<string, number>) => ({
  kind: 'scale',
  scalings: Object.entries(sizes).map(([name, replicas]) => ({ name, replicas })),
});

describe('nextStep', () => {
  const cases: [what: string, state: Partial<RolloutState>, step: object][] = [
    ['creates a first set with all pods', {}, { kind: 'create', replicas: 10 }],
    [
      'creates the next set within the surge',
      { older: [setOf('v1', 10)] },
      { kind: 'create', replicas: 3 },
    ],
    [
      'creates a set without pods while there are too many',
      { older: [setOf('v1', 10), setOf('v2', 3)] },
      { kind: 'create', replicas: 0 },
    ],
    [
      'takes old pods away as far as may be unavailable, before the new ones are there',
      { latest: setOf('v2', 3, { available: 0 }), older: [setOf('v1', 10)] },
      scale({ v1: 8 }),
    ],
    [
      'goes on when new pods have become available',
      { latest: setOf('v2', 5), older: [setOf('v1', 8)] },
      scale({ v1: 3 }),
    ],
    [
      'takes old pods that are not available first, from wherever they are',
      {
        latest: setOf('v3', 3, { available: 0 }),
        older: [setOf('v1', 5), setOf('v2', 5, { available: 3 })],
      },
      scale({ v2: 3 }),
    ],
    [
      'takes nothing away while too few are available',
      { latest: setOf('v2', 5, { available: 0 }), older: [setOf('v1', 8)] },
      { kind: 'rest' },
    ],
    [
      'does not count pods as available that are to go already',
      { latest: setOf('v2', 5, { available: 3 }), older: [setOf('v1', 5, { available: 8 })] },
      scale({ v2: 8 }),
    ],
    [
      'rests when it is done',
      { latest: setOf('v2', 10), older: [setOf('v1', 0)] },
      { kind: 'rest' },
    ],
    [
      'scales the only set to a new count',
      { desired: 4, maxSurge: 1, latest: setOf('v1', 10) },
      scale({ v1: 4 }),
    ],
    [
      'spreads more pods over the sets of a rollout under way',
      {
        desired: 15,
        maxSurge: 3,
        latest: setOf('v2', 5),
        older: [setOf('v1', 8)],
      },
      scale({ v1: 11, v2: 7 }),
    ],
    [
      'spreads fewer pods, the rest of the division to the largest set',
      {
        desired: 5,
        maxSurge: 1,
        latest: setOf('v2', 5),
        older: [setOf('v1', 8)],
      },
      scale({ v1: 4, v2: 2 }),
    ],
    [
      'with Recreate, stops the old pods first',
      { strategy: 'Recreate', older: [setOf('v1', 10)] },
      scale({ v1: 0 }),
    ],
    [
      'with Recreate, waits for the end of the last old pod',
      { strategy: 'Recreate', older: [setOf('v1', 0)], oldPodsRun: true },
      { kind: 'rest' },
    ],
    [
      'with Recreate, starts all new pods at once',
      { strategy: 'Recreate', older: [setOf('v1', 0)] },
      { kind: 'create', replicas: 10 },
    ],
    [
      'creates nothing while paused',
      { isPaused: true, older: [setOf('v1', 10)] },
      { kind: 'rest' },
    ],
    [
      'scales while paused',
      { isPaused: true, desired: 4, older: [setOf('v1', 10)] },
      scale({ v1: 4 }),
    ],
  ];
  it.each(cases)('%s', (_what, state, step) => {
    expect(nextStep(stateOf(state))).toEqual(step);
  });
});

/** A set in the simulation: `wanted` is its spec, the rest what its status said last. */
interface Simulated {
  readonly name: string;
  wanted: number;
  running: number;
  available: number;
  /** What the last seen status says, which lags behind. */
  seen: number;
  scaledFor: number;
  scaledForMax: number;
}

class Simulation {
  readonly sets: Simulated[];
  desired: number;
  limits: RolloutLimits = { maxSurge: 0, maxUnavailable: 0 };
  latest: string;

  readonly bounds: RollingBounds;
  readonly strategy: RolloutState['strategy'];

  constructor(bounds: RollingBounds, strategy: RolloutState['strategy'], desired: number) {
    this.bounds = bounds;
    this.strategy = strategy;
    this.desired = desired;
    this.sets = [];
    this.latest = 'v1';
    this.resize(desired);
    this.add('v1', desired);
    for (const set of this.sets) Object.assign(set, { available: desired, seen: desired });
  }

  resize(desired: number): void {
    this.desired = desired;
    const limits = rollingLimits(this.bounds, desired);
    this.limits =
      this.strategy === 'Recreate'
        ? { maxSurge: 0, maxUnavailable: 0 }
        : { ...limits, maxUnavailable: Math.min(limits.maxUnavailable, desired) };
  }

  add(name: string, wanted: number): void {
    const scaledForMax = this.desired + this.limits.maxSurge;
    const made = { running: wanted, available: 0, seen: 0, scaledFor: this.desired, scaledForMax };
    this.sets.push({ name, wanted, ...made });
  }

  state(): RolloutState {
    const all = this.sets.map((one) =>
      setOf(one.name, one.wanted, {
        running: one.running,
        available: one.seen,
        scaledFor: one.scaledFor,
        scaledForMax: one.scaledForMax,
      }),
    );
    const latest = all.find(({ name }) => name === this.latest);
    const older = all.filter((one) => one !== latest);
    const oldPodsRun = this.sets.some((one) => one.name !== this.latest && one.running > 0);
    const { desired, strategy } = this;
    const lastReplicas = this.total('running');
    return stateOf({ desired, ...this.limits, strategy, latest, older, oldPodsRun, lastReplicas });
  }

  total(field: 'wanted' | 'running' | 'available'): number {
    return this.sets.reduce((sum, one) => sum + one[field], 0);
  }

  /** act carries out one step and answers whether there was anything to do. */
  act(): boolean {
    const step = nextStep(this.state());
    if (step.kind === 'create') this.add(this.latest, step.replicas);
    if (step.kind === 'scale') {
      for (const { name, replicas } of step.scalings) {
        const set = this.sets.find((one) => one.name === name);
        if (!set) throw new Error(`no set ${name}`);
        set.wanted = replicas;
        set.scaledFor = this.desired;
        set.scaledForMax = this.desired + this.limits.maxSurge;
      }
    }
    return step.kind !== 'rest';
  }

  /** pass lets replica sets delete the pods that are not available first, and start others. */
  pass(coin: () => boolean): void {
    for (const one of this.sets) {
      if (one.running > one.wanted) {
        one.available = Math.min(one.available, one.wanted);
        one.running = one.wanted;
      } else if (one.running < one.wanted) one.running = one.wanted;
      else if (one.available < one.running && coin()) one.available += 1;
      if (coin()) one.seen = one.available;
    }
  }

  get isDone(): boolean {
    const isRight = (one: Simulated) =>
      one.wanted === (one.name === this.latest ? this.desired : 0);
    const isThere = this.sets.some(({ name }) => name === this.latest);
    const isSettled = this.sets.every((one) => one.running === one.wanted);
    return isThere && isSettled && this.sets.every(isRight) && this.available === this.desired;
  }

  get available(): number {
    return this.total('available');
  }
}

const bound = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
);

describe('a simulated rolling update', () => {
  it('always ends, never above surge and never below availability, through several versions', () => {
    fc.assert(
      fc.property(
        fc.record({ maxSurge: bound, maxUnavailable: bound }),
        fc.integer({ min: 0, max: 9 }),
        fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 3 }),
        fc.infiniteStream(fc.boolean()),
        (bounds, desired, pauses, coins) => {
          const world = new Simulation(bounds, 'RollingUpdate', desired);
          const changes = [0, ...pauses];
          let version = 1;
          for (let round = 0, wait = changes.shift(); round < 2000; round += 1) {
            if (wait !== undefined && wait-- === 0) {
              version += 1;
              world.latest = `v${version}`;
              wait = changes.shift();
            }
            if (wait === undefined && world.isDone) return;
            const before = world.total('wanted');
            world.act();
            const most = desired + world.limits.maxSurge;
            expect(world.total('wanted')).toBeLessThanOrEqual(Math.max(before, most));
            expect(world.total('wanted')).toBeLessThanOrEqual(most);
            world.pass(() => coins.next().value || round % 7 === 0);
            expect(world.available).toBeGreaterThanOrEqual(desired - world.limits.maxUnavailable);
          }
          throw new Error('the rollout did not end');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('ends whatever happens to the desired count and the strategy', () => {
    fc.assert(
      fc.property(
        fc.record({ maxSurge: bound, maxUnavailable: bound }),
        fc.constantFrom<RolloutState['strategy']>('Recreate', 'RollingUpdate'),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 6 }),
        fc.infiniteStream(fc.boolean()),
        (bounds, strategy, [first = 0, ...counts], coins) => {
          const world = new Simulation(bounds, strategy, first);
          world.latest = 'v2';
          for (let round = 0; round < 2000; round += 1) {
            if (round % 3 === 2) {
              const count = counts.shift();
              if (count !== undefined) world.resize(count);
            }
            if (counts.length === 0 && world.isDone && !isScaled(world.state())) return;
            world.act();
            if (strategy === 'Recreate') {
              const versions = world.sets.filter((one) => one.wanted > 0);
              expect(versions.length).toBeLessThanOrEqual(1);
            }
            world.pass(() => coins.next().value || round % 7 === 0);
          }
          throw new Error(`the rollout did not end: ${JSON.stringify(world)}`);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
