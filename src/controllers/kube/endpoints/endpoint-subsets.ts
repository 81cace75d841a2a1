import type {
  EndpointAddress,
  EndpointPort,
  EndpointSubset,
  Pod,
  Service,
} from '../../../apis/core/v1/types.ts';
import { isReady } from '../pod-facts.ts';
import { isHeadless, podHostname, podPorts, podReference } from './service-pods.ts';

interface Group {
  readonly ports: EndpointPort[];
  readonly ready: EndpointAddress[];
  readonly notReady: EndpointAddress[];
}

/**
 * endpointSubsets groups the pods of a service by their ports, ready and not ready apart. A pod
 * that is being deleted is left out, unless the service publishes addresses that are not ready.
 */
export function endpointSubsets(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const publishesAll = service.spec?.publishNotReadyAddresses === true;
  const groups = new Map<string, Group>();
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp && !publishesAll) continue;
    const ports = podPorts(service, pod);
    const portless = isHeadless(service) && (service.spec?.ports ?? []).length === 0;
    if (ports.length === 0 && !portless) continue;
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, ready: [], notReady: [] };
    groups.set(key, group);
    const to = publishesAll || isReady(pod) ? group.ready : group.notReady;
    to.push(addressOf(service, pod));
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => subsetOf(one));
}

function subsetOf({ ports, ready, notReady }: Group): EndpointSubset {
  return {
    ...(ready.length > 0 ? { addresses: ready.sort(byAddress) } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady.sort(byAddress) } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  };
}

function byAddress(a: EndpointAddress, b: EndpointAddress): number {
  const [left, right] = [`${a.ip} ${a.targetRef?.uid}`, `${b.ip} ${b.targetRef?.uid}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

function addressOf(service: Service, pod: Pod): EndpointAddress {
  const hostname = podHostname(service, pod);
  const { nodeName } = pod.spec ?? {};
  return {
    ip: pod.status?.podIP ?? '',
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    targetRef: podReference(pod),
  };
}
