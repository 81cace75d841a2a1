import type { Volume } from '../../apis/core/v1/types.ts';
import { badSeccomp, SECCOMP_TYPES } from './baseline-checks.ts';
import type { Check } from './checks.ts';
import {
  containerList,
  containersOf,
  namesOf,
  type PodParts,
  plural,
  quoted,
  settersOf,
  sorted,
  type Violation,
} from './pod-parts.ts';

/** Since 1.25, checks that mean nothing on Windows leave its pods alone. */
const WINDOWS_SINCE = 25;

function exceptWindows(check: (pod: PodParts) => Violation | undefined): Check['check'] {
  return (pod, minor) =>
    minor >= WINDOWS_SINCE && pod.spec.os?.name === 'windows' ? undefined : check(pod);
}

function privilegeEscalation(pod: PodParts): Violation | undefined {
  const names = namesOf(pod, (one) => one.securityContext?.allowPrivilegeEscalation !== false);
  if (names.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containerList(names)} must set securityContext.allowPrivilegeEscalation=false`,
  };
}

function capabilities(pod: PodParts): Violation | undefined {
  const keeping = namesOf(
    pod,
    ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'),
  );
  const added = containersOf(pod).map(({ name, securityContext }) => ({
    name,
    add: (securityContext?.capabilities?.add ?? []).filter((one) => one !== 'NET_BIND_SERVICE'),
  }));
  const adding = added.filter(({ add }) => add.length > 0).map(({ name }) => name);
  const details: string[] = [];
  if (keeping.length > 0)
    details.push(`${containerList(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0) {
    const values = quoted(sorted(added.flatMap(({ add }) => add)));
    details.push(
      `${containerList(adding)} must not include ${values} in securityContext.capabilities.add`,
    );
  }
  if (details.length === 0) return undefined;
  return { reason: 'unrestricted capabilities', detail: details.join('; ') };
}

const ALLOWED_VOLUMES: readonly (keyof Volume)[] = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const RESTRICTED_VOLUMES: readonly (keyof Volume)[] = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
];

function volumes({ spec }: PodParts): Violation | undefined {
  const bad = (spec.volumes ?? []).filter((one) => !ALLOWED_VOLUMES.some((type) => one[type]));
  if (bad.length === 0) return undefined;
  const types = sorted(bad.map((one) => RESTRICTED_VOLUMES.find((type) => one[type]) ?? 'unknown'));
  const names = `${plural(bad.length, 'volume')} ${quoted(bad.map((one) => one.name))}`;
  const what = plural(types.length, 'restricted volume type');
  return {
    reason: 'restricted volume types',
    detail: `${names} ${plural(bad.length, 'uses', 'use')} ${what} ${quoted(types)}`,
  };
}

function runAsNonRoot(pod: PodParts): Violation | undefined {
  const reason = 'runAsNonRoot != true';
  const setters = settersOf(pod, (one) => one.runAsNonRoot === false);
  if (setters !== '')
    return { reason, detail: `${setters} must not set securityContext.runAsNonRoot=false` };
  if (pod.spec.securityContext?.runAsNonRoot) return undefined;
  const silent = namesOf(pod, (one) => one.securityContext?.runAsNonRoot === undefined);
  if (silent.length === 0) return undefined;
  const detail = `pod or ${containerList(silent)} must set securityContext.runAsNonRoot=true`;
  return { reason, detail };
}

function runAsUser(pod: PodParts): Violation | undefined {
  const setters = settersOf(pod, (one) => one.runAsUser === 0);
  if (setters === '') return undefined;
  return { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` };
}

function seccomp(pod: PodParts): Violation | undefined {
  const bad = badSeccomp(pod);
  if (bad) return bad;
  if (SECCOMP_TYPES.includes(pod.spec.securityContext?.seccompProfile?.type ?? ''))
    return undefined;
  const silent = namesOf(pod, (one) => one.securityContext?.seccompProfile === undefined);
  if (silent.length === 0) return undefined;
  const detail = `pod or ${containerList(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
  return { reason: 'seccompProfile', detail };
}

/** RESTRICTED_CHECKS are those that the level `restricted` adds or puts in place of others. */
export const RESTRICTED_CHECKS: readonly Check[] = [
  { id: 'allowPrivilegeEscalation', since: 8, check: exceptWindows(privilegeEscalation) },
  {
    id: 'capabilities_restricted',
    since: 22,
    replaces: 'capabilities_baseline',
    check: exceptWindows(capabilities),
  },
  { id: 'restrictedVolumes', replaces: 'hostPathVolumes', check: volumes },
  { id: 'runAsNonRoot', check: runAsNonRoot },
  { id: 'runAsUser', since: 23, check: runAsUser },
  {
    id: 'seccompProfile_restricted',
    since: 19,
    replaces: 'seccompProfile_baseline',
    check: exceptWindows(seccomp),
  },
];
