import type {
  AggregationRule,
  ClusterRole,
  PolicyRule,
  RoleRef,
  Subject,
} from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  NAMESPACES,
  ROLE_BINDINGS,
  ROLES,
} from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { createUnlessExists } from '../../client/create-unless-exists.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import { type KubeObject, objectKey, type ResourceType } from '../../machinery/object.ts';
import { Steps } from '../../machinery/steps.ts';
import {
  bootstrapClusterRoleBindings,
  bootstrapClusterRoles,
  bootstrapRoleBindings,
  bootstrapRoles,
} from './bootstrap-policy.ts';
import { AUTO_UPDATE } from './policy-entries.ts';
import { uncovered } from './rule-coverage.ts';

/** BOOTSTRAP_NAMESPACES exist from the first start on. */
const BOOTSTRAP_NAMESPACES = [
  'default',
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'openshift',
  'openshift-dns',
  'openshift-image-registry',
  'openshift-infra',
  'openshift-node',
] as const;

interface RoleObject extends KubeObject {
  rules?: PolicyRule[];
  aggregationRule?: AggregationRule;
}

interface BindingObject extends KubeObject {
  roleRef: RoleRef;
  subjects?: Subject[];
}

function mergedMetadata(present: KubeObject, wanted: KubeObject): KubeObject['metadata'] {
  const { labels, annotations } = wanted.metadata;
  return {
    ...present.metadata,
    ...(labels && { labels: { ...labels, ...present.metadata.labels } }),
    annotations: { ...annotations, ...present.metadata.annotations },
  };
}

/** completedRole adds what a role lacks; what an administrator added stays. */
function completedRole<T extends RoleObject>(present: T, wanted: T): T {
  const selectors = present.aggregationRule?.clusterRoleSelectors ?? [];
  const missing = (wanted.aggregationRule?.clusterRoleSelectors ?? []).filter(
    (one) => !selectors.some((other) => deepEqual(one, other)),
  );
  const isAsWanted = wanted.aggregationRule || deepEqual(present.rules, wanted.rules);
  const rules = isAsWanted ? [] : uncovered(present.rules ?? [], wanted.rules ?? []);
  return {
    ...present,
    metadata: mergedMetadata(present, wanted),
    ...(missing.length > 0 && {
      aggregationRule: { clusterRoleSelectors: [...selectors, ...missing] },
    }),
    ...(rules.length > 0 && { rules: [...(present.rules ?? []), ...rules] }),
  };
}

function completedBinding<T extends BindingObject>(present: T, wanted: T): T {
  const held = present.subjects ?? [];
  const missing = (wanted.subjects ?? []).filter(
    (one) => !held.some((other) => deepEqual(one, other)),
  );
  return {
    ...present,
    metadata: mergedMetadata(present, wanted),
    ...(missing.length > 0 && { subjects: [...held, ...missing] }),
  };
}

/** replaceBinding makes a binding anew whose role changed: it cannot be changed in place. */
async function replaceBinding<T extends BindingObject>(
  client: Client,
  type: ResourceType<T>,
  { present, wanted }: { readonly present: T; readonly wanted: T },
): Promise<void> {
  const { namespace, name = '', uid = '' } = present.metadata;
  await client.delete(type, { namespace, name }, { preconditions: { uid } });
  await client.create(type, wanted);
}

async function reconcile<T extends KubeObject>(
  client: Client,
  type: ResourceType<T>,
  wanted: readonly T[],
  complete: (present: T, wanted: T) => T | undefined | Promise<undefined>,
): Promise<void> {
  const { items } = await client.list(type);
  const known = new Map(items.map((one) => [objectKey(one), one]));
  const bring = async (one: T) => {
    const present = known.get(objectKey(one));
    if (!present) return createUnlessExists(client, type, one);
    if (present.metadata.annotations?.[AUTO_UPDATE] !== 'true') return undefined;
    const completed = await complete(present, one);
    if (completed && !deepEqual(completed, present)) await client.update(type, completed);
    return undefined;
  };
  const steps = new Steps();
  const brought: Promise<unknown>[] = [];
  for (const one of wanted) {
    const bringing = bring(one);
    // Whose failure is thrown below.
    bringing.catch(() => undefined);
    brought.push(bringing);
    // Requests are served by now.
    const pause = steps.done(0);
    if (pause) await pause;
  }
  await Promise.all(brought);
}

function reconcileBindings<T extends BindingObject>(
  client: Client,
  type: ResourceType<T>,
  wanted: readonly T[],
): Promise<void> {
  return reconcile(client, type, wanted, (present, one) =>
    deepEqual(present.roleRef, one.roleRef)
      ? completedBinding(present, one)
      : replaceBinding(client, type, { present, wanted: one }).then(() => undefined),
  );
}

/**
 * ensureBootstrapPolicy creates the namespaces, roles and bindings that are missing, and completes
 * those whose annotation `autoupdate` is not taken away, as kube-apiserver does at every start.
 * What an administrator added stays as it is.
 */
export async function ensureBootstrapPolicy(client: Client): Promise<void> {
  await Promise.all(
    BOOTSTRAP_NAMESPACES.map((name) =>
      createUnlessExists(client, NAMESPACES, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      }),
    ),
  );
  await Promise.all([
    reconcile<ClusterRole>(client, CLUSTER_ROLES, bootstrapClusterRoles(), completedRole),
    reconcile(client, ROLES, bootstrapRoles(), completedRole),
    reconcileBindings(client, CLUSTER_ROLE_BINDINGS, bootstrapClusterRoleBindings()),
    reconcileBindings(client, ROLE_BINDINGS, bootstrapRoleBindings()),
  ]);
}
