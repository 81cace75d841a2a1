import { aggregatedRules } from '../../../apis/rbac.authorization.k8s.io/v1/aggregation.ts';
import { CLUSTER_ROLES } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { deepEqual } from '../../../machinery/deep-equal.ts';
import { isNotFound } from '../../../machinery/status-error.ts';

/** FIELD_MANAGER owns the rules of roles that aggregate others. */
const FIELD_MANAGER = 'clusterrole-aggregation-controller';

/**
 * newClusterRoleAggregationController gives ClusterRoles with an aggregationRule the rules of those
 * that it selects (kube-controller-manager's `clusterrole-aggregation`).
 */
export function newClusterRoleAggregationController({
  client,
  informers,
}: ControllerDeps): Controller {
  const roles = informers.informer(CLUSTER_ROLES);
  const aggregating = () =>
    roles
      .list()
      .filter((role) => role.aggregationRule)
      .map((role) => role.metadata.name ?? '');
  return {
    name: 'clusterrole-aggregation',
    concurrency: 1,
    sources: [source(CLUSTER_ROLES, aggregating)],
    reconcile: async (name) => {
      const role = roles.get(name);
      if (!role?.aggregationRule || role.metadata.deletionTimestamp) return undefined;
      const rules = aggregatedRules(role, roles.list());
      if (deepEqual(rules, role.rules ?? [])) return undefined;
      await client
        .update(CLUSTER_ROLES, { ...role, rules }, { fieldManager: FIELD_MANAGER })
        .catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      return undefined;
    },
  };
}
