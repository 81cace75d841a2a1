import type { Service, ServicePort } from '../../apis/core/v1/types.ts';
import type {
  Endpoint,
  EndpointPort,
  EndpointSlice,
} from '../../apis/discovery.k8s.io/v1/types.ts';

/** TargetPort is a route's `spec.port.targetPort`. */
export type TargetPort = string | number | undefined;

/**
 * serviceEndpoints are the addresses `ip:port` of a service's ready pods at the port that a route
 * means; where none is ready, of those that still serve while they terminate. Sorted.
 */
export function serviceEndpoints(
  service: Service,
  slices: readonly EndpointSlice[],
  targetPort: TargetPort,
): readonly string[] {
  const ready: string[] = [];
  const leaving: string[] = [];
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue;
    const port = (slice.ports ?? []).find((one) => matches(one, service, targetPort))?.port;
    if (port === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const list = isReady(endpoint) ? ready : isServingLast(endpoint) ? leaving : [];
      list.push(...endpoint.addresses.map((address) => `${address}:${port}`));
    }
  }
  return [...new Set(ready.length > 0 ? ready : leaving)].sort();
}

/** A name or number of the pods' port; a number may also be the service's own, as people write it. */
function matches(port: EndpointPort, service: Service, target: TargetPort): boolean {
  const ports: readonly ServicePort[] = service.spec?.ports ?? [];
  const name = port.name ?? '';
  if (target === undefined) return name === (ports[0]?.name ?? '');
  if (typeof target === 'string' && ports.some((one) => one.name === target)) {
    return name === target;
  }
  const number = Number(target);
  if (port.port === number) return true;
  const own = ports.find((one) => one.port === number);
  return own !== undefined && name === (own.name ?? '') && !isTarget(ports, number);
}

function isTarget(ports: readonly ServicePort[], number: number): boolean {
  return ports.some((one) => (one.targetPort ?? one.port) === number);
}

function isReady(endpoint: Endpoint): boolean {
  return endpoint.conditions?.ready !== false;
}

function isServingLast(endpoint: Endpoint): boolean {
  return endpoint.conditions?.serving === true && endpoint.conditions.terminating === true;
}
