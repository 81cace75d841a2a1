import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
} from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import {
  CLUSTER_ROLE_BINDINGS as CLUSTER_ROLE_BINDING_TYPE,
  CLUSTER_ROLES as CLUSTER_ROLE_TYPE,
  NAMESPACES,
  ROLE_BINDINGS,
  ROLES,
} from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { semanticEqual } from '../../machinery/deep-equal.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { isAlreadyExists } from '../../machinery/status-error.ts';
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  SHARED_RESOURCE_RULES,
} from './bootstrap-policy.data.ts';

const GROUP = 'rbac.authorization.k8s.io';
const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate';
const apiVersion = `${GROUP}/v1`;
const metadataOf = (name: string) => ({
  name,
  annotations: { [AUTO_UPDATE]: 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
});
const groupSubject = (name: string) => ({ apiGroup: GROUP, kind: 'Group', name });
const copy = (rules: readonly PolicyRule[]) => structuredClone(rules) as PolicyRule[];

/** bootstrapClusterRoles are the ClusterRoles that every installation has. */
export function bootstrapClusterRoles(): ClusterRole[] {
  return Object.entries(CLUSTER_ROLES).map(([name, rules]) => ({
    apiVersion,
    kind: 'ClusterRole',
    metadata: metadataOf(name),
    rules: copy(rules),
  }));
}

/** bootstrapClusterRoleBindings are the ClusterRoleBindings that every installation has. */
export function bootstrapClusterRoleBindings(): ClusterRoleBinding[] {
  return Object.entries(CLUSTER_ROLE_BINDINGS).map(([name, { role, groups }]) => ({
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: metadataOf(name),
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: role },
    subjects: groups.map(groupSubject),
  }));
}

function sharedResourceObjects(): { role: Role; binding: RoleBinding } {
  const namespace = 'openshift';
  return {
    role: {
      apiVersion,
      kind: 'Role',
      metadata: { ...metadataOf('shared-resource-viewer'), namespace },
      rules: copy(SHARED_RESOURCE_RULES),
    },
    binding: {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { ...metadataOf('shared-resource-viewers'), namespace },
      roleRef: { apiGroup: GROUP, kind: 'Role', name: 'shared-resource-viewer' },
      subjects: [groupSubject('system:authenticated')],
    },
  };
}

async function createMissing<T extends KubeObject>(
  client: Client,
  type: ResourceType<T>,
  object: T,
): Promise<void> {
  try {
    await client.create(type, object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

/** ensureClusterRole creates a role, or adds the rules that a newer version gives it. */
async function ensureClusterRole(client: Client, role: ClusterRole): Promise<void> {
  const { name = '' } = role.metadata;
  try {
    await client.create(CLUSTER_ROLE_TYPE, role);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const present = await client.get(CLUSTER_ROLE_TYPE, { name });
    if (present.metadata.annotations?.[AUTO_UPDATE] !== 'true') return;
    const held = present.rules ?? [];
    const missing = (role.rules ?? []).filter(
      (rule) => !held.some((one) => semanticEqual(one, rule)),
    );
    if (missing.length === 0) return;
    await client.update(CLUSTER_ROLE_TYPE, { ...present, rules: [...held, ...missing] });
  }
}

/** BOOTSTRAP_NAMESPACES exist from the first start on. */
export const BOOTSTRAP_NAMESPACES = [
  'default',
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'openshift',
  'openshift-dns',
  'openshift-image-registry',
  'openshift-infra',
] as const;

/**
 * ensureBootstrapPolicy creates the namespaces, roles and bindings that are missing, and adds missing
 * rules to cluster roles unless their annotation `autoupdate` is taken away. What an administrator
 * added stays as it is.
 */
export async function ensureBootstrapPolicy(client: Client): Promise<void> {
  await Promise.all(
    BOOTSTRAP_NAMESPACES.map((name) =>
      createMissing(client, NAMESPACES, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      }),
    ),
  );
  const { role, binding } = sharedResourceObjects();
  await Promise.all([
    ...bootstrapClusterRoles().map((one) => ensureClusterRole(client, one)),
    ...bootstrapClusterRoleBindings().map((one) =>
      createMissing(client, CLUSTER_ROLE_BINDING_TYPE, one),
    ),
    createMissing(client, ROLES, role),
    createMissing(client, ROLE_BINDINGS, binding),
  ]);
}
