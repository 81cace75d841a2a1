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

/** ScopeFacts are what scopes ask of an object: those that it is in, and the names of its classes. */
export interface ScopeFacts {
  readonly scopes: readonly string[];
  /** By the scopes that ask for names. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** NO_SCOPES are the facts of objects that are in no scope. */
export const NO_SCOPES: ScopeFacts = { scopes: [], names: {} };

/** podScopes are the facts of a pod. */
export function podScopes(pod: Pod): ScopeFacts {
  const isBestEffort = qosClassOf(pod.spec ?? { containers: [] }) === 'BestEffort';
  const className = pod.spec?.priorityClassName ?? '';
  return {
    scopes: [
      isTerminatingPod(pod) ? 'Terminating' : 'NotTerminating',
      isBestEffort ? 'BestEffort' : 'NotBestEffort',
      ...(crossesNamespaces(pod) ? ['CrossNamespacePodAffinity'] : []),
    ],
    names: { PriorityClass: className === '' ? [] : [className] },
  };
}

/** claimScopes are the facts of a claim. */
export function claimScopes({ spec, status }: PersistentVolumeClaim): ScopeFacts {
  const names = [
    spec?.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ];
  const isNamed = (name: string | undefined): name is string => name !== undefined && name !== '';
  return { scopes: [], names: { VolumeAttributesClass: names.filter(isNamed) } };
}

/** meetsScope tells whether what is known of an object is in a scope of a quota. */
export function meetsScope({ scopes, names }: ScopeFacts, requirement: Requirement): boolean {
  const own = names[requirement.scopeName];
  return own ? namesMatch(requirement, own) : scopes.includes(requirement.scopeName);
}

/** scopesOf answers the scopes of a quota, in the old and in the new notation. */
export function scopesOf({ spec }: ResourceQuota): Requirement[] {
  return [
    ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ];
}
