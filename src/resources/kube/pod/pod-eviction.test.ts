import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PodDisruptionBudgetStatus } from '../../../apis/policy/v1/types.ts';
import { POD_DISRUPTION_BUDGETS, PODS } from '../../../apis/resource-types.ts';
import { isNotFound, isStatusError } from '../../../machinery/status-error.ts';
import { type KubeServer, startKubeServer } from '../testing/kube-server.ts';

const namespace = 'default';
const labels = { app: 'web' };
let api: KubeServer;

beforeEach(async () => {
  api = await startKubeServer();
});
afterEach(() => api.close());

async function addPod(name: string, ready = true): Promise<void> {
  const spec = { containers: [{ name: 'c', image: 'x' }], terminationGracePeriodSeconds: 0 };
  const metadata = { name, namespace, labels };
  const pod = await api.client.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  await api.client.updateStatus(PODS, { ...pod, status: { phase: 'Running', conditions } });
}

async function addBudget(
  status: PodDisruptionBudgetStatus,
  policy?: string,
  name = 'web',
): Promise<void> {
  const budget = await api.client.create(POD_DISRUPTION_BUDGETS, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace },
    spec: {
      minAvailable: 1,
      selector: { matchLabels: labels },
      ...(policy !== undefined && { unhealthyPodEvictionPolicy: policy }),
    },
  });
  await api.client.updateStatus(POD_DISRUPTION_BUDGETS, { ...budget, status });
}

async function evict(name: string, more: object = {}, query = ''): Promise<number> {
  try {
    const { status } = await api.client.transport.request({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/pods/${name}/eviction`,
      query: new URLSearchParams(query),
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, ...more },
    });
    return status;
  } catch (error) {
    if (isStatusError(error)) return error.code;
    throw error;
  }
}

const exists = (name: string) =>
  api.client.get(PODS, { namespace, name }).then(
    () => true,
    (error: unknown) => !isNotFound(error),
  );
const statusOfBudget = async () =>
  (await api.client.get(POD_DISRUPTION_BUDGETS, { namespace, name: 'web' })).status;
const seen = { observedGeneration: 1 };

describe('an eviction', () => {
  it('deletes a pod that no budget guards', async () => {
    await addPod('a');
    expect(await evict('a')).toBe(201);
    expect(await exists('a')).toBe(false);
  });

  it('charges the budget, and never more pods than it allows, however many at once', async () => {
    await addBudget({ ...seen, disruptionsAllowed: 2, currentHealthy: 6, desiredHealthy: 4 });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) await addPod(name);
    const codes = await Promise.all(names.map((name) => evict(name)));
    expect(codes.sort()).toEqual([201, 201, 429, 429, 429, 429]);
    const status = await statusOfBudget();
    expect(status?.disruptionsAllowed).toBe(0);
    expect(Object.keys(status?.disruptedPods ?? {})).toHaveLength(2);
    expect(status?.conditions).toMatchObject([{ type: 'DisruptionAllowed', status: 'False' }]);
  });

  it('does not choose among several budgets', async () => {
    await addPod('a');
    await addBudget({ ...seen, disruptionsAllowed: 5 });
    await addBudget({ ...seen, disruptionsAllowed: 5 }, undefined, 'another');
    expect(await evict('a')).toBe(500);
    expect(await exists('a')).toBe(true);
  });

  it('waits for a budget that its controller has not seen', async () => {
    await addPod('a');
    await addBudget({ observedGeneration: 0, disruptionsAllowed: 1 });
    expect(await evict('a')).toBe(429);
    expect(await exists('a')).toBe(true);
  });

  it('changes nothing in a dry run, wherever that is asked for', async () => {
    await addPod('a');
    await addBudget({ ...seen, disruptionsAllowed: 1 });
    expect(await evict('a', {}, 'dryRun=All')).toBe(201);
    expect(await evict('a', { deleteOptions: { dryRun: ['All'] } })).toBe(201);
    expect(await exists('a')).toBe(true);
    expect((await statusOfBudget())?.disruptionsAllowed).toBe(1);
  });

  it('is refused when it asks for a dry run in two ways', async () => {
    await addPod('a');
    expect(await evict('a', { deleteOptions: { dryRun: ['None'] } }, 'dryRun=All')).toBe(400);
    expect(await exists('a')).toBe(true);
  });

  const policies: [string | undefined, PodDisruptionBudgetStatus, number][] = [
    [undefined, { ...seen, currentHealthy: 1, desiredHealthy: 2 }, 429],
    [undefined, { ...seen, currentHealthy: 2, desiredHealthy: 2 }, 201],
    ['AlwaysAllow', { ...seen, currentHealthy: 0, desiredHealthy: 2 }, 201],
  ];
  it.each(policies)(
    'of an unhealthy pod under %s with %j answers %d',
    async (policy, status, code) => {
      await addPod('a', false);
      await addBudget(status, policy);
      expect(await evict('a')).toBe(code);
      expect(await exists('a')).toBe(code !== 201);
    },
  );

  it('is taken in the older version too, but not for another pod', async () => {
    await addPod('a');
    expect(await evict('a', { apiVersion: 'policy/v1beta1', metadata: { name: 'b' } })).toBe(400);
    expect(await evict('a', { apiVersion: 'policy/v1beta1' })).toBe(201);
  });
});
