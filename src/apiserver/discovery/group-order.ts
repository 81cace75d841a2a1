import type { DelegatedGroup, DelegatedVersion } from '../delegation.ts';
import type { ServedResource } from '../endpoints/served-resource.ts';

/** GroupOfResources is one group with the resources of each of its versions, both in order. */
export interface GroupOfResources {
  readonly name: string;
  readonly versions: readonly {
    readonly version: string;
    readonly served: readonly ServedResource[];
    /** Present for a version that another server serves. */
    readonly delegated?: DelegatedVersion;
  }[];
}

/** Upstream's groups in the order of the priorities with which they are registered. */
const RANKED_GROUPS = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

/** Kubernetes' groups, then OpenShift's, then those of custom resources; each of these by name. */
function groupRank(group: string): string {
  const rank = RANKED_GROUPS.indexOf(group);
  if (rank >= 0) return `0${String(rank).padStart(3, '0')}`;
  return group.endsWith('.openshift.io') ? `1${group}` : `2${group}`;
}

const STAGES = ['alpha', 'beta', undefined];

function versionParts(version: string): readonly [number, number, number] | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return undefined;
  return [STAGES.indexOf(match[2]), Number(match[1]), Number(match[3] ?? 0)];
}

/** compareVersions puts the version that clients should prefer first: v2, v1, v1beta1, v1alpha1, other. */
export function compareVersions(a: string, b: string): number {
  const left = versionParts(a);
  const right = versionParts(b);
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : 1;
  const differs = left.findIndex((part, index) => part !== right[index]);
  return differs < 0 ? 0 : (right[differs] ?? 0) - (left[differs] ?? 0);
}

/** byGroup sorts what is served into groups and versions, the most preferred first. */
export function byGroup(served: readonly ServedResource[]): GroupOfResources[] {
  const groups = new Map<string, Map<string, ServedResource[]>>();
  for (const one of served) {
    const { group, version } = one.definition.type;
    const versions = groups.get(group) ?? new Map<string, ServedResource[]>();
    groups.set(group, versions);
    versions.set(version, [...(versions.get(version) ?? []), one]);
  }
  const name = (one: ServedResource) => one.definition.type.resource;
  return [...groups]
    .sort(([a], [b]) => (groupRank(a) < groupRank(b) ? -1 : 1))
    .map(([group, versions]) => ({
      name: group,
      versions: [...versions]
        .sort(([a], [b]) => compareVersions(a, b))
        .map(([version, list]) => ({
          version,
          served: list.sort((a, b) => (name(a) < name(b) ? -1 : 1)),
        })),
    }));
}

/** withDelegated adds what other servers serve: versions to groups, and groups at the end. */
export function withDelegated(
  groups: readonly GroupOfResources[],
  others: readonly DelegatedGroup[],
): readonly GroupOfResources[] {
  const merged = new Map(groups.map((group) => [group.name, group]));
  for (const { name, versions } of others) {
    const added = versions.map((one) => ({ version: one.version, served: [], delegated: one }));
    const own = merged.get(name)?.versions ?? [];
    merged.set(name, { name, versions: [...own, ...added] });
  }
  return [...merged.values()];
}
