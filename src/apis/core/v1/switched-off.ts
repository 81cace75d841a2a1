import { allContainers } from './pod-defaults.ts';
import type { PodSpec, PodStatus, PodTemplateSpec } from './types.ts';

/**
 * What Kubernetes 1.34 knows but leaves out while the features are off that it belongs to
 * (ClusterTrustBundleProjection, ContainerRestartRules, ContainerStopSignals, DRAExtendedResource,
 * EnvFiles, HostnameOverride, ImageVolume, PodCertificateRequest, ResourceHealthStatus), as they are
 * by default. Nothing stored has these fields. As upstream, they are dropped when a write is
 * prepared: admission sees them, and who sent them owns them.
 */

/** Volumes that are images go, and so do their mounts. */
function dropImageVolumes(spec: PodSpec): void {
  const images = new Set(spec.volumes?.filter(({ image }) => image).map(({ name }) => name));
  if (images.size === 0) return;
  spec.volumes = spec.volumes?.filter(({ image }) => !image) ?? [];
  for (const container of allContainers(spec)) {
    const mounts = container.volumeMounts?.filter(({ name }) => !images.has(name));
    if (mounts) container.volumeMounts = mounts;
  }
}

/** dropOfPodSpec leaves out what belongs to features that are off. */
export function dropOfPodSpec(spec: PodSpec | undefined): void {
  if (spec === undefined) return;
  delete spec.hostnameOverride;
  dropImageVolumes(spec);
  for (const volume of spec.volumes ?? []) {
    for (const source of volume.projected?.sources ?? []) {
      delete source.clusterTrustBundle;
      delete source.podCertificate;
    }
  }
  for (const container of allContainers(spec)) {
    const { lifecycle } = container;
    if (lifecycle?.stopSignal !== undefined) {
      delete lifecycle.stopSignal;
      if (Object.keys(lifecycle).length === 0) delete container.lifecycle;
    }
    delete container.restartPolicyRules;
    for (const { valueFrom } of container.env ?? []) delete valueFrom?.fileKeyRef;
  }
  for (const container of spec.containers ?? []) delete container.restartPolicy;
  for (const container of spec.ephemeralContainers ?? []) delete container.restartPolicy;
  for (const container of spec.initContainers ?? [])
    if (container.restartPolicy !== 'Always') delete container.restartPolicy;
}

/** dropOfTemplate does the same for the pods of a template. */
export function dropOfTemplate(template: PodTemplateSpec | undefined): void {
  dropOfPodSpec(template?.spec);
}

/** dropOfPodStatus does the same for a status. */
export function dropOfPodStatus(status: PodStatus | undefined): void {
  if (status === undefined) return;
  delete status.extendedResourceClaimStatus;
  const { containerStatuses, initContainerStatuses, ephemeralContainerStatuses } = status;
  for (const list of [containerStatuses, initContainerStatuses, ephemeralContainerStatuses])
    for (const one of list ?? []) delete one.allocatedResourcesStatus;
}
