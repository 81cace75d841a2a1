import type { Container, Pod, PodSpec, Volume } from './types.ts';

/** PodResource is a resource that pods refer to. */
export type PodResource =
  | 'secrets'
  | 'configmaps'
  | 'persistentvolumeclaims'
  | 'serviceaccounts'
  | 'resourceclaims';

function containersOf(spec: PodSpec): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
}

function environmentNames(spec: PodSpec, kind: 'secret' | 'configMap'): (string | undefined)[] {
  return containersOf(spec).flatMap(({ env = [], envFrom = [] }) => [
    ...env.map((one) => one.valueFrom?.[`${kind}KeyRef`]?.name),
    ...envFrom.map((one) => one[`${kind}Ref`]?.name),
  ]);
}

function secretsOf(volume: Volume): (string | undefined)[] {
  const { cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos } = volume;
  const others = [cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos];
  return [
    volume.secret?.secretName,
    ...(volume.projected?.sources ?? []).map((one) => one.secret?.name),
    volume.csi?.nodePublishSecretRef?.name,
    volume.azureFile?.secretName,
    ...others.map((one) => one?.secretRef?.name),
  ];
}

function configMapsOf(volume: Volume): (string | undefined)[] {
  return [
    volume.configMap?.name,
    ...(volume.projected?.sources ?? []).map((one) => one.configMap?.name),
  ];
}

function namesIn({ spec, metadata, status }: Pod, resource: PodResource): (string | undefined)[] {
  if (!spec) return [];
  const volumes = spec.volumes ?? [];
  switch (resource) {
    case 'secrets':
      return [
        ...volumes.flatMap(secretsOf),
        ...environmentNames(spec, 'secret'),
        ...(spec.imagePullSecrets ?? []).map((one) => one.name),
      ];
    case 'configmaps':
      return [...volumes.flatMap(configMapsOf), ...environmentNames(spec, 'configMap')];
    case 'persistentvolumeclaims':
      return volumes.map(
        (one) =>
          one.persistentVolumeClaim?.claimName ??
          (one.ephemeral ? `${metadata.name}-${one.name}` : undefined),
      );
    case 'serviceaccounts':
      return [spec.serviceAccountName];
    case 'resourceclaims':
      return [
        ...(spec.resourceClaims ?? []).map((one) => one.resourceClaimName),
        ...(status?.resourceClaimStatuses ?? []).map((one) => one.resourceClaimName),
      ];
  }
}

/** POD_RESOURCES are the resources that pods refer to. */
export const POD_RESOURCES: readonly PodResource[] = [
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'serviceaccounts',
  'resourceclaims',
];

/** podReferences answers the names of the objects of a resource, in its namespace, that a pod refers to. */
export function podReferences(pod: Pod, resource: PodResource): ReadonlySet<string> {
  return new Set(namesIn(pod, resource).filter((name): name is string => !!name));
}

/** podUses tells whether a pod refers to an object of its namespace. */
export function podUses(pod: Pod, resource: PodResource, name: string): boolean {
  return namesIn(pod, resource).includes(name);
}
