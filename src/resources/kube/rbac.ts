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
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';

const SCHEMA = 'io.k8s.api.rbac.v1';

const roles: ResourceDefinition<Role> = {
  type: ROLES,
  definition: `${SCHEMA}.Role`,
  columns: roleColumns(),
  strategy: { nameRule: 'pathSegment', validate: validateRole },
};

const clusterRoles: ResourceDefinition<ClusterRole> = {
  type: CLUSTER_ROLES,
  definition: `${SCHEMA}.ClusterRole`,
  columns: roleColumns(),
  strategy: { nameRule: 'pathSegment', validate: validateClusterRole },
};

const roleBindings: ResourceDefinition<RoleBinding> = {
  type: ROLE_BINDINGS,
  definition: `${SCHEMA}.RoleBinding`,
  columns: bindingColumns(),
  strategy: {
    nameRule: 'pathSegment',
    defaults: defaultBinding,
    validate: (binding) => validateBinding(binding, ['Role', 'ClusterRole']),
    validateUpdate: validateBindingUpdate,
  },
};

const clusterRoleBindings: ResourceDefinition<ClusterRoleBinding> = {
  type: CLUSTER_ROLE_BINDINGS,
  definition: `${SCHEMA}.ClusterRoleBinding`,
  columns: bindingColumns(),
  strategy: {
    nameRule: 'pathSegment',
    defaults: defaultBinding,
    validate: (binding) => validateBinding(binding, ['ClusterRole']),
    validateUpdate: validateBindingUpdate,
  },
};

/** rbacDefinitions declare roles, clusterroles and their bindings. */
export const rbacDefinitions: ResourceDefinition[] = [
  roles,
  clusterRoles,
  roleBindings,
  clusterRoleBindings,
];
