import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import type { ReplicationController } from '../../../apis/core/v1/types.ts';
import { rollingLimits } from '../../../machinery/int-or-percent.ts';
import { nextStep } from './rollout-plan.ts';

interface Simulated {
  name: string;
  wanted: number;
  running: number;
  available: number;
}

function controller(one: Simulated): ReplicationController {
  return {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: one.name, generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { replicas: one.wanted },
    status: { replicas: one.running, availableReplicas: one.available, observedGeneration: 1 },
  };
}

function config(
  strategy: NonNullable<DeploymentConfig['spec']['strategy']>,
  replicas: number,
): DeploymentConfig {
  return {
    apiVersion: 'apps.openshift.io/v1',
    kind: 'DeploymentConfig',
    metadata: { name: 'web' },
    spec: { replicas, strategy },
  };
}

const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  type: 'Rolling',
  rollingParams: { maxSurge, maxUnavailable },
});

function stepOf(
  strategy: NonNullable<DeploymentConfig['spec']['strategy']>,
  desired: number,
  latest: Simulated,
  older: Simulated[],
) {
  return nextStep({
    config: config(strategy, desired),
    desired,
    latest: controller(latest),
    older: older.map(controller),
  });
}

const pods = (name: string, wanted: number, running = wanted, available = running): Simulated => ({
  name,
  wanted,
  running,
  available,
});

describe('nextStep', () => {
  it('scales a first deployment up at once', () => {
    expect(stepOf(rolling('25%', '25%'), 3, pods('web-1', 0), [])).toEqual({
      kind: 'scale',
      scalings: [{ name: 'web-1', replicas: 3 }],
    });
  });

  it('is done when the new pods are available and the old ones gone', () => {
    expect(stepOf(rolling(1, 0), 2, pods('web-2', 2), [pods('web-1', 0)])).toEqual({
      kind: 'done',
    });
  });

  it('waits while an old pod is still terminating', () => {
    const step = stepOf(rolling(1, 0), 2, pods('web-2', 2), [pods('web-1', 0, 1, 0)]);
    expect(step).toEqual({ kind: 'wait' });
  });

  it('replaces a single pod by surge, the old one last', () => {
    const strategy = rolling('25%', '25%');
    expect(stepOf(strategy, 1, pods('web-2', 0), [pods('web-1', 1)])).toEqual({
      kind: 'scale',
      scalings: [{ name: 'web-2', replicas: 1 }],
    });
    expect(stepOf(strategy, 1, pods('web-2', 1, 1, 0), [pods('web-1', 1)])).toEqual({
      kind: 'wait',
    });
    expect(stepOf(strategy, 1, pods('web-2', 1), [pods('web-1', 1)])).toEqual({
      kind: 'scale',
      scalings: [{ name: 'web-1', replicas: 0 }],
    });
  });

  it('takes broken old pods away first', () => {
    const step = stepOf(rolling(0, 1), 2, pods('web-2', 0), [pods('web-1', 2, 2, 0)]);
    expect(step).toEqual({ kind: 'scale', scalings: [{ name: 'web-1', replicas: 0 }] });
  });

  it('with Recreate, has no old pod left before the first new one starts', () => {
    const strategy = { type: 'Recreate' };
    expect(stepOf(strategy, 2, pods('web-2', 0), [pods('web-1', 2)])).toEqual({
      kind: 'scale',
      scalings: [{ name: 'web-1', replicas: 0 }],
    });
    expect(stepOf(strategy, 2, pods('web-2', 0), [pods('web-1', 0, 1, 0)])).toEqual({
      kind: 'wait',
    });
    expect(stepOf(strategy, 2, pods('web-2', 0), [pods('web-1', 0)])).toEqual({
      kind: 'scale',
      scalings: [{ name: 'web-2', replicas: 2 }],
    });
  });

  it('always ends, never above surge and never below availability', () => {
    const limit = fc.oneof(
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
    );
    fc.assert(
      fc.property(
        limit,
        limit,
        fc.integer({ min: 0, max: 9 }),
        fc.infiniteStream(fc.boolean()),
        (surge, unavailable, desired, coin) => {
          const strategy = rolling(surge, unavailable);
          const { maxSurge, maxUnavailable } = rollingLimits(strategy.rollingParams, desired);
          const latest = pods('web-2', 0);
          const old = pods('web-1', desired);
          for (let round = 0; round < 500; round += 1) {
            const step = stepOf(strategy, desired, latest, [old]);
            if (step.kind === 'done') return;
            if (step.kind === 'scale') {
              for (const { name, replicas } of step.scalings) {
                (name === 'web-2' ? latest : old).wanted = replicas;
              }
            }
            expect(latest.wanted + old.wanted).toBeLessThanOrEqual(desired + maxSurge);
            for (const one of [latest, old]) {
              if (one.running > one.wanted) {
                one.running = one.wanted;
                one.available = Math.min(one.available, one.wanted);
              }
              if (one.running < one.wanted) one.running = one.wanted;
              else if (one.available < one.running && (coin.next().value || round % 5 === 0)) {
                one.available += 1;
              }
            }
            expect(latest.available + old.available).toBeGreaterThanOrEqual(
              Math.max(0, desired - maxUnavailable),
            );
          }
          throw new Error('the rollout did not end');
        },
      ),
      { numRuns: 500 },
    );
  });
});
