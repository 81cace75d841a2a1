import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReplicaSet } from '../../../apis/apps/v1/types.ts';
import type { Pod } from '../../../apis/core/v1/types.ts';
import type {
  PodDisruptionBudget,
  PodDisruptionBudgetSpec,
} from '../../../apis/policy/v1/types.ts';
import { POD_DISRUPTION_BUDGETS, PODS, REPLICA_SETS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newDisruptionController } from './disruption-controller.ts';

const labels = { app: 'web' };
const NOW = '2026-01-01T00:00:00Z';

function podOf(name: string, ready = true, owner = 'set'): Pod {
  const reference = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner };
  const ownerReferences = owner === '' ? [] : [{ ...reference, controller: true }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'a', name, labels, ownerReferences },
    spec: { containers: [] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

function budgetOf(spec: PodDisruptionBudgetSpec): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace: 'a', name: 'web', generation: 3 },
    spec: { selector: { matchLabels: labels }, ...spec },
  };
}

const set = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { namespace: 'a', name: 'set', uid: 'set' },
  spec: { replicas: 4, selector: { matchLabels: labels }, template: {} },
} as ReplicaSet;

let harness: Harness;
beforeEach(() => {
  harness = newHarness(NOW);
});
afterEach(() => harness.stop());

async function statusOf(spec: PodDisruptionBudgetSpec, pods: readonly Pod[]) {
  harness.client.add(REPLICA_SETS, set);
  harness.client.add(PODS, ...pods);
  harness.client.add(POD_DISRUPTION_BUDGETS, budgetOf(spec));
  await harness.start(newDisruptionController(harness.deps));
  return harness.client.all(POD_DISRUPTION_BUDGETS)[0]?.status;
}

const FOUR = [podOf('a'), podOf('b'), podOf('c'), podOf('d', false)];

describe('the status of a disruption budget', () => {
  const cases: [PodDisruptionBudgetSpec, object][] = [
    [{ minAvailable: 2 }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 1 }],
    [{ minAvailable: '50%' }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 1 }],
    [{ minAvailable: '51%' }, { expectedPods: 4, desiredHealthy: 3, disruptionsAllowed: 0 }],
    [{ maxUnavailable: 2 }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 1 }],
    [{ maxUnavailable: '26%' }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 1 }],
  ];

  it.each(cases)('counts what may go under %j', async (spec, counts) => {
    const status = await statusOf(spec, FOUR);
    expect(status).toMatchObject({ ...counts, currentHealthy: 3, observedGeneration: 3 });
  });

  it('says in a condition whether pods may go', async () => {
    const status = await statusOf({ minAvailable: 3 }, FOUR);
    expect(status?.conditions).toMatchObject([
      { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' },
    ]);
  });

  it('lets nothing go where it is not known how many pods there should be', async () => {
    const status = await statusOf({ maxUnavailable: 1 }, [podOf('a', true, 'nobody')]);
    expect(status).toMatchObject({ disruptionsAllowed: 0 });
    expect(status?.conditions).toMatchObject([
      { reason: 'SyncFailed', message: 'found no controllers for pod "a"' },
    ]);
  });

  it('lets nothing go where no pods are found yet', async () => {
    expect(await statusOf({ minAvailable: 0 }, [])).toMatchObject({ disruptionsAllowed: 0 });
    expect(harness.events).toContain('Normal NoPods: No matching pods found');
  });

  it('takes an evicted pod for gone, but not for longer than two minutes', async () => {
    harness.client.add(REPLICA_SETS, set);
    harness.client.add(PODS, ...FOUR);
    const budget = budgetOf({ minAvailable: 1 });
    const status = { disruptedPods: { a: NOW }, disruptionsAllowed: 1 };
    harness.client.add(POD_DISRUPTION_BUDGETS, { ...budget, status });
    await harness.start(newDisruptionController(harness.deps));
    const now = () => harness.client.all(POD_DISRUPTION_BUDGETS)[0]?.status;
    expect(now()).toMatchObject({ currentHealthy: 2, disruptedPods: { a: NOW } });
    await harness.advance(121_000);
    expect(now()).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 2 });
    expect(now()?.disruptedPods).toBeUndefined();
  });
});
