import { bindingColumns, roleColumns } from '../../apis/rbac.authorization.k8s.io/v1/columns.ts';
import { defaultBinding } from '../../apis/rbac.authorization.k8s.io/v1/defaults.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  Role,
  RoleBinding,
} from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import {
  validateBinding,
  validateBindingUpdate,
  validateClusterRole,
  validateRole,
} from '../../apis/rbac.authorization.k8s.io/v1/validation.ts';
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  ROLE_BINDINGS,
  ROLES,
} from '../../apis/resource-types.ts';
import type { ResourceDefinition, Strategy } from '../../apiserver/resource-definition.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { KubeDeps } from './deps.ts';
import { type BindingParts, EscalationGuard, type RoleParts } from './rbac-escalation.ts';

const SCHEMA = 'io.k8s.api.rbac.v1';

/** nullRules: upstream answers no rules as null. */
function nullRules(draft: { rules?: unknown }): void {
  if (!Array.isArray(draft.rules)) draft.rules = null;
}

function roleStrategy<T extends KubeObject & RoleParts>(
  guard: EscalationGuard,
  resource: string,
  validate: Strategy<T>['validate'],
): Strategy<T> {
  const target = (draft: T) => ({ resource, name: draft.metadata.name ?? '' });
  return {
    nameRule: 'pathSegment',
    allowCreateOnUpdate: true,
    validatesTwice: true,
    metadataOnUpdate: 'allTwice',
    defaults: nullRules,
    prepareForCreate: (draft, context) => guard.checkRole(draft, undefined, target(draft), context),
    prepareForUpdate: (draft, old, context) => guard.checkRole(draft, old, target(draft), context),
    ...(validate === undefined ? {} : { validate }),
  };
}

function bindingStrategy<T extends KubeObject & BindingParts>(
  guard: EscalationGuard,
  resource: string,
  kinds: readonly string[],
): Strategy<T> {
  const target = (draft: T) => ({ resource, name: draft.metadata.name ?? '' });
  return {
    nameRule: 'pathSegment',
    allowCreateOnUpdate: true,
    validatesTwice: true,
    metadataOnUpdate: 'allTwice',
    defaults: defaultBinding,
    prepareForCreate: (draft, context) =>
      guard.checkBinding(draft, undefined, target(draft), context),
    prepareForUpdate: (draft, old, context) =>
      guard.checkBinding(draft, old, target(draft), context),
    validate: (binding) => validateBinding(binding, kinds),
    validateUpdate: validateBindingUpdate,
  };
}

/** rbacDefinitions declare roles, clusterroles and their bindings. */
export function rbacDefinitions(deps: KubeDeps): ResourceDefinition[] {
  const guard = new EscalationGuard(deps);
  const roles: ResourceDefinition<Role> = {
    type: ROLES,
    definition: `${SCHEMA}.Role`,
    columns: roleColumns(),
    strategy: roleStrategy(guard, 'roles', validateRole),
  };
  const clusterRoles: ResourceDefinition<ClusterRole> = {
    type: CLUSTER_ROLES,
    definition: `${SCHEMA}.ClusterRole`,
    columns: roleColumns(),
    strategy: roleStrategy(guard, 'clusterroles', validateClusterRole),
  };
  const roleBindings: ResourceDefinition<RoleBinding> = {
    type: ROLE_BINDINGS,
    definition: `${SCHEMA}.RoleBinding`,
    columns: bindingColumns(),
    strategy: bindingStrategy(guard, 'rolebindings', ['Role', 'ClusterRole']),
  };
  const clusterRoleBindings: ResourceDefinition<ClusterRoleBinding> = {
    type: CLUSTER_ROLE_BINDINGS,
    definition: `${SCHEMA}.ClusterRoleBinding`,
    columns: bindingColumns(),
    strategy: bindingStrategy(guard, 'clusterrolebindings', ['ClusterRole']),
  };
  return [roles, clusterRoles, roleBindings, clusterRoleBindings];
}
