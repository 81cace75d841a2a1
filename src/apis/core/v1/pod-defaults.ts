import { tryParseImageReference } from '../../../machinery/image-reference.ts';
import { canonicalMilli } from './resource-list.ts';
import type {
  Container,
  Lifecycle,
  ObjectFieldSelector,
  Pod,
  PodSpec,
  PodTemplateSpec,
  Probe,
  ProjectedVolumeSource,
  ResourceRequirements,
  Volume,
} from './types.ts';
import { defaultClaimSpec, defaultSources } from './volume-defaults.ts';

const DEFAULT_MODE = 0o644;

/** defaultPullPolicy is Always for the tag `latest` (written or implied), else IfNotPresent. */
function defaultPullPolicy(image: string): string {
  if (tryParseImageReference(image) === undefined) return 'IfNotPresent';
  const [path = '', digest] = image.split('@');
  const tag = /:([^/:]+)$/.exec(path)?.[1] ?? (digest === undefined ? 'latest' : '');
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultHttpGet(action: { path?: string; scheme?: string } | undefined): void {
  if (action === undefined) return;
  action.path ||= '/';
  action.scheme ||= 'HTTP';
}

/** defaultProbe fills in a probe: every 10 s, 1 s patience, ready after 1, failed after 3. */
function defaultProbe(probe: Probe | undefined): void {
  if (probe === undefined) return;
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHttpGet(probe.httpGet);
  if (probe.grpc !== undefined) probe.grpc.service ??= '';
}

function defaultLifecycle(lifecycle: Lifecycle | undefined): void {
  defaultHttpGet(lifecycle?.postStart?.httpGet);
  defaultHttpGet(lifecycle?.preStop?.httpGet);
}

function defaultFieldRef(selector: ObjectFieldSelector | undefined): void {
  if (selector !== undefined) selector.apiVersion ||= 'v1';
}

function defaultResources(resources: ResourceRequirements): void {
  if (resources.limits) resources.limits = canonicalMilli(resources.limits);
  if (resources.requests) resources.requests = canonicalMilli(resources.requests);
}

function defaultContainer(container: Container): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image ?? '');
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  defaultResources(container.resources);
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const variable of container.env ?? []) defaultFieldRef(variable.valueFrom?.fieldRef);
  for (const variable of container.env ?? []) {
    const reference = variable.valueFrom?.resourceFieldRef;
    if (reference !== undefined) reference.divisor ??= '0';
  }
  defaultProbe(container.livenessProbe);
  defaultProbe(container.readinessProbe);
  defaultProbe(container.startupProbe);
  defaultLifecycle(container.lifecycle);
}

function defaultDownward(source: { items?: { fieldRef?: ObjectFieldSelector }[] }): void {
  for (const item of source.items ?? []) defaultFieldRef(item.fieldRef);
}

function defaultProjected(source: ProjectedVolumeSource): void {
  source.defaultMode ??= DEFAULT_MODE;
  for (const part of source.sources ?? []) {
    if (part.downwardAPI) defaultDownward(part.downwardAPI);
    if (part.serviceAccountToken) part.serviceAccountToken.expirationSeconds ??= 3600;
  }
}

function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  if (volume.secret) volume.secret.defaultMode ??= DEFAULT_MODE;
  if (volume.configMap) volume.configMap.defaultMode ??= DEFAULT_MODE;
  defaultSources(volume);
  const template = volume.ephemeral?.volumeClaimTemplate;
  if (template) {
    template.spec ??= {};
    defaultClaimSpec(template.spec);
  }
  if (volume.projected) defaultProjected(volume.projected);
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= DEFAULT_MODE;
    defaultDownward(volume.downwardAPI);
  }
}

/** allContainers are the init containers, containers and ephemeral containers of a pod, in order. */
export function allContainers(spec: PodSpec): readonly Container[] {
  return [
    ...(spec.initContainers ?? []),
    ...(spec.containers ?? []),
    ...((spec.ephemeralContainers ?? []) as Container[]),
  ];
}

/** defaultPodSpec fills in, in place, what every pod spec has, in a pod or in a template. */
export function defaultPodSpec(spec: PodSpec): void {
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  spec.serviceAccountName ||= spec.serviceAccount ?? '';
  if (spec.serviceAccountName === '') delete spec.serviceAccountName;
  else spec.serviceAccount = spec.serviceAccountName;
  if (spec.overhead) spec.overhead = canonicalMilli(spec.overhead);
  if (spec.resources) defaultResources(spec.resources);
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of allContainers(spec)) defaultContainer(container);
  if (spec.hostNetwork) defaultHostPorts(spec);
}

function defaultHostPorts(spec: PodSpec): void {
  for (const container of allContainers(spec))
    for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
}

/** defaultPodTemplateSpec fills in the pod spec of a template. */
export function defaultPodTemplateSpec(template: PodTemplateSpec | undefined): void {
  if (template === undefined) return;
  template.metadata ??= {};
  if (template.spec !== undefined) defaultPodSpec(template.spec);
}

/** Amounts that a node reports are rounded as those of a spec are. */
function defaultContainerStatuses({ status }: Pod): void {
  const { containerStatuses, initContainerStatuses, ephemeralContainerStatuses } = status ?? {};
  for (const list of [containerStatuses, initContainerStatuses, ephemeralContainerStatuses]) {
    for (const one of list ?? []) {
      if (one.allocatedResources) one.allocatedResources = canonicalMilli(one.allocatedResources);
      const { resources } = one;
      if (resources?.limits) resources.limits = canonicalMilli(resources.limits);
      if (resources?.requests) resources.requests = canonicalMilli(resources.requests);
    }
  }
}

/** defaultPod fills in a pod: requests follow limits, service links are on. */
export function defaultPod(pod: Pod): void {
  defaultContainerStatuses(pod);
  pod.spec ??= {} as PodSpec;
  const { spec } = pod;
  for (const { resources } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    if (resources?.limits) resources.requests = { ...resources.limits, ...resources.requests };
  }
  spec.enableServiceLinks ??= true;
  defaultPodSpec(spec);
  // A negative time to end counts as one second.
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
}
