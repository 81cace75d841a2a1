import type {
  ClusterRole,
  PolicyRule,
  RoleBinding,
  Subject,
} from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import type { ObjectMeta } from '../../machinery/meta/v1.ts';

/**
 * RoleEntry is a role in short. A rule is `VERBS GROUPS RESOURCES [NAMES]` or `VERBS PATHS`, lists
 * separated by commas, `core` for the group without a name.
 */
export interface RoleEntry {
  readonly rules?: readonly string[];
  /** The roles that take its rules over; a name without a slash is one of Kubernetes' own labels. */
  readonly aggregateTo?: readonly string[];
  /** The labels by which it takes over rules. */
  readonly aggregates?: readonly string[];
  /** What OpenShift says about it. */
  readonly description?: string;
}

/** BindingEntry is a binding in short: subjects are `user:N`, `group:N` or `account:NAMESPACE/N`. */
export interface BindingEntry {
  readonly role: string;
  readonly subjects: readonly string[];
}

/** RBAC is the API group of roles and bindings. */
export const RBAC = 'rbac.authorization.k8s.io';
/** AUTO_UPDATE is the annotation that lets the server complete a role or binding at start. */
export const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

const apiVersion = `${RBAC}/v1`;
const AGGREGATE = `${RBAC}/aggregate-to-`;

const label = (name: string) => (name.includes('/') ? name : `${AGGREGATE}${name}`);
const labelsOf = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [label(name), 'true']));

/** ruleOf reads a rule in short. */
export function ruleOf(text: string): PolicyRule {
  const [verbs = '', second = '', resources = '', names] = text.split(' ');
  if (resources === '') return { nonResourceURLs: second.split(','), verbs: verbs.split(',') };
  return {
    apiGroups: second.split(',').map((one) => (one === 'core' ? '' : one)),
    ...(names !== undefined && { resourceNames: names.split(',') }),
    resources: resources.split(','),
    verbs: verbs.split(','),
  };
}

/** Origin tells whose default policy an object is of. */
export type Origin = 'kubernetes' | 'openshift';

function metadataOf(name: string, origin: Origin, entry: RoleEntry = {}): ObjectMeta {
  const labels = {
    ...(origin === 'kubernetes' && { 'kubernetes.io/bootstrapping': 'rbac-defaults' }),
    ...labelsOf(entry.aggregateTo ?? []),
  };
  return {
    name,
    ...(Object.keys(labels).length > 0 && { labels }),
    annotations: {
      ...(entry.description !== undefined && { 'openshift.io/description': entry.description }),
      [AUTO_UPDATE]: 'true',
    },
  };
}

/** clusterRoleOf makes the ClusterRole of an entry. */
export function clusterRoleOf(name: string, entry: RoleEntry, origin: Origin): ClusterRole {
  const { rules, aggregates } = entry;
  return {
    apiVersion,
    kind: 'ClusterRole',
    metadata: metadataOf(name, origin, entry),
    rules: (rules ?? []).map(ruleOf),
    ...(aggregates && {
      aggregationRule: {
        clusterRoleSelectors: aggregates.map((one) => ({ matchLabels: labelsOf([one]) })),
      },
    }),
  };
}

function subjectOf(text: string): Subject {
  const at = text.indexOf(':');
  const [kind, name] = [text.slice(0, at), text.slice(at + 1)];
  if (kind === 'account') {
    const [namespace = '', account = ''] = name.split('/');
    return { kind: 'ServiceAccount', name: account, namespace };
  }
  return { apiGroup: RBAC, kind: kind === 'user' ? 'User' : 'Group', name };
}

/** bindingOf makes the parts that ClusterRoleBindings and RoleBindings have in common. */
export function bindingOf(
  name: string,
  entry: BindingEntry,
  of: { readonly kind: 'Role' | 'ClusterRole'; readonly origin: Origin },
): Pick<RoleBinding, 'metadata' | 'roleRef' | 'subjects'> {
  return {
    metadata: metadataOf(name, of.origin),
    roleRef: { apiGroup: RBAC, kind: of.kind, name: entry.role },
    subjects: entry.subjects.map(subjectOf),
  };
}
