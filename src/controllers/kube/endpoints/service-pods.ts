import type {
  EndpointPort,
  ObjectReference,
  Pod,
  Service,
  ServicePort,
} from '../../../apis/core/v1/types.ts';
import { PODS } from '../../../apis/resource-types.ts';
import type { Informer, Source } from '../../../controller-kit/controller.ts';
import { matchesSet } from '../../../machinery/labels.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isFinished } from '../pod-facts.ts';

/** HEADLESS_LABEL marks endpoints of a service without an address of its own. */
export const HEADLESS_LABEL = 'service.kubernetes.io/headless';

/** hasSelectedPods tells whether the endpoints of a service are ours to keep. */
export function hasSelectedPods(service: Service): boolean {
  const { selector, type } = service.spec ?? {};
  return type !== 'ExternalName' && Object.keys(selector ?? {}).length > 0;
}

/** isHeadless tells whether a service has no address of its own. */
export function isHeadless(service: Service): boolean {
  return service.spec?.clusterIP === 'None';
}

/** selectedPods answers the pods of a service that have an address and have not ended. */
export function selectedPods(service: Service, pods: readonly Pod[]): Pod[] {
  return pods.filter(
    (pod) =>
      matchesSet(service.spec?.selector, pod.metadata.labels) &&
      Boolean(pod.status?.podIP) &&
      !isFinished(pod),
  );
}

/** podsOfServices is the source of the keys of services whose endpoints a pod's change may change. */
export function podsOfServices(services: Informer<Service>): Source {
  return {
    type: PODS,
    keys: ({ current, previous }) => {
      const [now, before] = [current as Pod | undefined, previous as Pod | undefined];
      const same = now && before && now !== before && sameAspects(now, before);
      return same ? [] : servicesOfPod(services, [now, before]);
    },
  };
}

/** servicesOfPod answers the keys of the services whose selector a pod matches, or matched. */
function servicesOfPod(
  services: Informer<Service>,
  versions: readonly (Pod | undefined)[],
): string[] {
  const keys = new Set<string>();
  for (const pod of versions) {
    for (const service of services.list(pod?.metadata.namespace)) {
      if (pod && matchesSet(service.spec?.selector, pod.metadata.labels)) {
        keys.add(objectKey(service));
      }
    }
  }
  return [...keys];
}

/**
 * podPorts finds the ports of a pod behind the ports of a service; a target port by name that the
 * pod does not have is left out. A headless service may have no ports.
 */
export function podPorts(service: Service, pod: Pod): EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod);
    return number === undefined ? [] : [endpointPort(port, number)];
  });
}

function endpointPort({ name, protocol = 'TCP', appProtocol }: ServicePort, port: number) {
  return {
    ...(name ? { name } : {}),
    port,
    protocol,
    ...(appProtocol ? { appProtocol } : {}),
  };
}

function targetPort({ port, targetPort: target, protocol = 'TCP' }: ServicePort, pod: Pod) {
  if (target === undefined || target === 0 || target === '') return port;
  if (typeof target === 'number') return target;
  const ports = (pod.spec?.containers ?? []).flatMap((one) => one.ports ?? []);
  return ports.find((one) => one.name === target && (one.protocol ?? 'TCP') === protocol)
    ?.containerPort;
}

/** podReference names a pod as the target of an endpoint. */
export function podReference(pod: Pod): ObjectReference {
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  return { kind: 'Pod', namespace, name, uid };
}

/** podHostname is the name that DNS gives a pod below a headless service, if any. */
export function podHostname(service: Service, pod: Pod): string | undefined {
  const { hostname, subdomain } = pod.spec ?? {};
  return subdomain === service.metadata.name ? hostname : undefined;
}

/** sameAspects tells whether a pod's update cannot change any endpoint. */
function sameAspects(a: Pod, b: Pod): boolean {
  return aspectsOf(a) === aspectsOf(b);
}

function aspectsOf({ metadata, spec, status }: Pod): string {
  const ready = status?.conditions?.find((one) => one.type === 'Ready')?.status;
  const { labels, deletionTimestamp, uid } = metadata;
  const { nodeName, hostname, subdomain } = spec ?? {};
  const { podIP, phase } = status ?? {};
  const deleting = deletionTimestamp !== undefined;
  return JSON.stringify([
    uid,
    labels,
    deleting,
    nodeName,
    hostname,
    subdomain,
    podIP,
    phase,
    ready,
  ]);
}
