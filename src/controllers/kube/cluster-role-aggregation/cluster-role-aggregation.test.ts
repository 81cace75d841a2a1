import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterRole } from '../../../apis/rbac.authorization.k8s.io/v1/types.ts';
import { CLUSTER_ROLES } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newClusterRoleAggregationController } from './cluster-role-aggregation-controller.ts';

const role = (name: string, verbs: string[], labels: Record<string, string> = {}): ClusterRole => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs }],
});
const MONITORING: ClusterRole = {
  ...role('monitoring', ['own']),
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'monitoring' } }] },
};

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

const rules = async () =>
  ((await harness.client.get(CLUSTER_ROLES, { name: 'monitoring' })).rules ?? []).map(
    ({ verbs }) => verbs,
  );

describe('the cluster role aggregation controller', () => {
  it('gives the rules of the selected roles, in the order of their names, each once', async () => {
    const labels = { to: 'monitoring' };
    harness.client.add(
      CLUSTER_ROLES,
      MONITORING,
      role('b', ['list'], labels),
      role('a', ['get'], labels),
      role('c', ['get'], labels),
      role('d', ['delete']),
    );
    await harness.start(newClusterRoleAggregationController(harness.deps));
    expect(await rules()).toEqual([['get'], ['list']]);
    await harness.client.delete(CLUSTER_ROLES, { name: 'b' });
    await harness.settle();
    expect(await rules()).toEqual([['get']]);
    await harness.client.create(CLUSTER_ROLES, role('e', ['watch'], labels));
    await harness.settle();
    expect(await rules()).toEqual([['get'], ['watch']]);
  });
});
