import { qosClassOf } from './qos-class.ts';
import type {
  PersistentVolumeClaim,
  Pod,
  PodAffinityTerm,
  ScopedResourceSelectorRequirement as Requirement,
  ResourceQuota,
} from './types.ts';

/** isTerminatingPod tells whether a pod is to end by itself. */
export function isTerminatingPod({ spec }: Pod): boolean {
  return (spec?.activeDeadlineSeconds ?? -1) >= 0;
}

function crossesNamespaces({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = spec?.affinity ?? {};
  const terms: PodAffinityTerm[] = [podAffinity, podAntiAffinity].flatMap((one) => [
    ...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((w) => w.podAffinityTerm),
  ]);
  return terms.some(
    ({ namespaces = [], namespaceSelector }) =>
      namespaces.length > 0 || namespaceSelector !== undefined,
  );
}

/** Whether one of the names, or none where there are none, satisfies a requirement. */
function namesMatch({ operator, values = [] }: Requirement, names: readonly string[]): boolean {
  switch (operator) {
    case 'Exists':
      return names.length > 0;
    case 'DoesNotExist':
      return names.length === 0;
    case 'In':
      return names.some((name) => values.includes(name));
    case 'NotIn':
      return names.length === 0 || names.some((name) => !values.includes(name));
    default:
      return false;
  }
}

/** podInScope tells whether a pod is in a scope of a quota. */
export function podInScope(pod: Pod, requirement: Requirement): boolean {
  const bestEffort = () => qosClassOf(pod.spec ?? { containers: [] }) === 'BestEffort';
  const className = pod.spec?.priorityClassName ?? '';
  switch (requirement.scopeName) {
    case 'Terminating':
      return isTerminatingPod(pod);
    case 'NotTerminating':
      return !isTerminatingPod(pod);
    case 'BestEffort':
      return bestEffort();
    case 'NotBestEffort':
      return !bestEffort();
    case 'PriorityClass':
      return namesMatch(requirement, className === '' ? [] : [className]);
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod);
    default:
      return false;
  }
}

/** claimInScope tells whether a claim is in a scope of a quota. */
export function claimInScope(claim: PersistentVolumeClaim, requirement: Requirement): boolean {
  if (requirement.scopeName !== 'VolumeAttributesClass') return false;
  const { spec, status } = claim;
  const names = [
    spec?.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ];
  return namesMatch(
    requirement,
    names.filter((name): name is string => name !== undefined && name !== ''),
  );
}

/** scopesOf answers the scopes of a quota, in the old and in the new notation. */
export function scopesOf({ spec }: ResourceQuota): Requirement[] {
  return [
    ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ];
}
