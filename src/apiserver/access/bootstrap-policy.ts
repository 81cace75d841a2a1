import { aggregatedRules } from '../../apis/rbac.authorization.k8s.io/v1/aggregation.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  Role,
  RoleBinding,
} from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import {
  KUBE_CLUSTER_ROLE_BINDINGS,
  KUBE_CLUSTER_ROLES,
  KUBE_ROLE_BINDINGS,
  KUBE_ROLES,
} from './kube-policy.data.ts';
import {
  OPENSHIFT_CLUSTER_ROLE_BINDINGS,
  OPENSHIFT_CLUSTER_ROLES,
  OPENSHIFT_ROLE_BINDINGS,
  OPENSHIFT_ROLES,
} from './openshift-policy.data.ts';
import {
  type BindingEntry,
  bindingOf,
  clusterRoleOf,
  type Origin,
  RBAC,
  type RoleEntry,
} from './policy-entries.ts';

const apiVersion = `${RBAC}/v1`;
const CONTROLLER = 'system:controller:';

type Entries<T> = Readonly<Record<string, T>>;

/** perOrigin makes an object of every entry of Kubernetes' and of OpenShift's policy. */
function perOrigin<E, T>(
  kubernetes: Entries<E>,
  openshift: Entries<E>,
  make: (name: string, entry: E, origin: Origin) => T,
): T[] {
  const of = (entries: Entries<E>, origin: Origin) =>
    Object.entries(entries).map(([name, entry]) => make(name, entry, origin));
  return [...of(kubernetes, 'kubernetes'), ...of(openshift, 'openshift')];
}

/**
 * bootstrapClusterRoles are the ClusterRoles that every installation has. Those that aggregate have
 * the rules of the others already, so that they are complete before the controller has run.
 */
export function bootstrapClusterRoles(): ClusterRole[] {
  const roles = perOrigin<RoleEntry, ClusterRole>(
    KUBE_CLUSTER_ROLES,
    OPENSHIFT_CLUSTER_ROLES,
    clusterRoleOf,
  );
  const complete = (role: ClusterRole, all: readonly ClusterRole[]) =>
    role.aggregationRule ? { ...role, rules: aggregatedRules(role, all) } : role;
  // Roles that aggregate are aggregated by others: view by edit by admin.
  let all = roles;
  for (let depth = 0; depth < 3; depth += 1) {
    const known = all;
    all = known.map((role) => complete(role, known));
  }
  return all;
}

/** controllerBindings bind the role of every controller to its service account in kube-system. */
function controllerBindings(): Entries<BindingEntry> {
  const names = Object.keys(KUBE_CLUSTER_ROLES).filter((name) => name.startsWith(CONTROLLER));
  return Object.fromEntries(
    names.map((name) => [
      name,
      { role: name, subjects: [`account:kube-system/${name.slice(CONTROLLER.length)}`] },
    ]),
  );
}

/** bootstrapClusterRoleBindings are the ClusterRoleBindings that every installation has. */
export function bootstrapClusterRoleBindings(): ClusterRoleBinding[] {
  return perOrigin<BindingEntry, ClusterRoleBinding>(
    { ...KUBE_CLUSTER_ROLE_BINDINGS, ...controllerBindings() },
    OPENSHIFT_CLUSTER_ROLE_BINDINGS,
    (name, entry, origin) => ({
      apiVersion,
      kind: 'ClusterRoleBinding',
      ...bindingOf(name, entry, { kind: 'ClusterRole', origin }),
    }),
  );
}

function placed<T extends { metadata: { namespace?: string; name?: string } }>(
  key: string,
  make: (name: string) => T,
): T {
  const [namespace = '', name = ''] = key.split('/');
  const object = make(name);
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** bootstrapRoles are the Roles that every installation has. */
export function bootstrapRoles(): Role[] {
  return perOrigin<RoleEntry, Role>(KUBE_ROLES, OPENSHIFT_ROLES, (key, entry, origin) =>
    placed(key, (name) => {
      const { metadata, rules } = clusterRoleOf(name, entry, origin);
      return { apiVersion, kind: 'Role', metadata, rules };
    }),
  );
}

/** bootstrapRoleBindings are the RoleBindings that every installation has. */
export function bootstrapRoleBindings(): RoleBinding[] {
  return perOrigin<BindingEntry, RoleBinding>(
    KUBE_ROLE_BINDINGS,
    OPENSHIFT_ROLE_BINDINGS,
    (key, entry, origin) =>
      placed(key, (name) => ({
        apiVersion,
        kind: 'RoleBinding',
        ...bindingOf(name, entry, { kind: 'Role', origin }),
      })),
  );
}
