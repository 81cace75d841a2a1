import { defaultPodTemplateSpec } from './pod-defaults.ts';
import { canonicalMilli } from './resource-list.ts';
import type {
  Endpoints,
  Event,
  Namespace,
  Node,
  ReplicationController,
  Secret,
  Service,
  ServiceSpec,
} from './types.ts';

export {
  allContainers,
  defaultPod,
  defaultPodSpec,
  defaultPodTemplateSpec,
} from './pod-defaults.ts';

/** defaultNamespace labels a namespace with its name and makes it active. */
export function defaultNamespace(namespace: Namespace): void {
  const { name } = namespace.metadata;
  if (name)
    namespace.metadata.labels = {
      ...namespace.metadata.labels,
      'kubernetes.io/metadata.name': name,
    };
  namespace.status ??= {};
  namespace.status.phase ||= 'Active';
}

/** defaultReplicationController copies the template's labels and makes one replica. */
export function defaultReplicationController(controller: ReplicationController): void {
  const { spec, metadata } = controller;
  if (spec === undefined) return;
  const labels = spec.template?.metadata?.labels;
  if (labels !== undefined) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
    if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
  }
  spec.replicas ??= 1;
  defaultPodTemplateSpec(spec.template);
}

function defaultAffinity(spec: ServiceSpec): void {
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  else if (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined)
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } };
}

/** isExternallyAccessible tells whether a service has an entrance from outside the cluster. */
export function isExternallyAccessible(spec: ServiceSpec): boolean {
  return (
    spec.type === 'LoadBalancer' ||
    spec.type === 'NodePort' ||
    (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0)
  );
}

/** defaultService fills in type, affinity, protocols, target ports and traffic policies. */
export function defaultService(service: Service): void {
  service.spec ??= {};
  const { spec } = service;
  defaultAffinity(spec);
  spec.type ||= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    port.targetPort ||= port.port;
  }
  if (isExternallyAccessible(spec)) spec.externalTrafficPolicy ||= 'Cluster';
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type !== 'LoadBalancer') return;
  spec.allocateLoadBalancerNodePorts ??= true;
  for (const one of service.status?.loadBalancer?.ingress ?? []) if (one.ip) one.ipMode ??= 'VIP';
}

/** defaultSecret makes an untyped secret Opaque. */
export function defaultSecret(secret: Secret): void {
  secret.type ||= 'Opaque';
}

/** defaultEndpoints makes ports TCP. */
export function defaultEndpoints(endpoints: Endpoints): void {
  for (const subset of endpoints.subsets ?? [])
    for (const port of subset.ports ?? []) port.protocol ||= 'TCP';
}

/** Makes both ways to say from which range a node's pods get their addresses say the same. */
function alignPodCidrs(spec: Node['spec']): void {
  if (spec === undefined) return;
  const { podCIDR = '', podCIDRs = [] } = spec;
  if (podCIDR !== '' && podCIDRs[0] !== podCIDR) spec.podCIDRs = [podCIDR];
  else if (podCIDR === '' && podCIDRs[0] !== undefined) spec.podCIDR = podCIDRs[0];
}

const NO_NODE_INFO = {
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '',
  osImage: '',
  containerRuntimeVersion: '',
  kubeletVersion: '',
  kubeProxyVersion: '',
  operatingSystem: '',
  architecture: '',
};

/** defaultNode makes all capacity allocatable where the node says nothing, and shows what upstream's types always show. */
export function defaultNode(node: Node): void {
  alignPodCidrs(node.spec);
  node.status ??= {};
  const { status } = node;
  status.daemonEndpoints ??= { kubeletEndpoint: { Port: 0 } };
  status.nodeInfo ??= { ...NO_NODE_INFO };
  if (status.capacity !== undefined) {
    status.capacity = canonicalMilli(status.capacity);
    status.allocatable ??= { ...status.capacity };
  }
  if (status.allocatable !== undefined) status.allocatable = canonicalMilli(status.allocatable);
}

/** defaultEvent fills in what upstream's types always show. */
export function defaultEvent(event: Event): void {
  const times: Record<string, unknown> = event as never;
  for (const time of ['firstTimestamp', 'lastTimestamp', 'eventTime']) times[time] ??= null;
  event.involvedObject ??= {};
  event.reportingComponent ??= '';
  event.reportingInstance ??= '';
  event.source ??= {};
}
