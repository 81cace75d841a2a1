import type { Service } from '../../apis/core/v1/types.ts';
import { ENDPOINT_SLICES, SERVICES } from '../../apis/resource-types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';

/** Address is where a server can be reached. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** ServiceName names a port of a service. */
export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/** ServiceError is why a service leads nowhere. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
}

/**
 * resolveService answers an address behind a service: one of its ready endpoints, or what its
 * external name says. Throws a ServiceError.
 */
export function resolveService(cache: CacheReader, wanted: ServiceName, random: number): Address {
  const { namespace, name, port } = wanted;
  const service = cache.get(SERVICES, namespace, name);
  if (!service) throw new ServiceError(`service ${JSON.stringify(name)} not found`);
  if (service.spec?.type === 'ExternalName') {
    return { host: service.spec.externalName ?? '', port };
  }
  const found = endpointsOf(cache, service, port);
  const chosen = found[Math.floor(random * found.length)];
  if (!chosen) throw new ServiceError(`no endpoints available for service ${JSON.stringify(name)}`);
  return chosen;
}

/** endpointsOf answers the ready endpoints of a port of a service. */
function endpointsOf(cache: CacheReader, service: Service, port: number): Address[] {
  const { namespace = '', name = '' } = service.metadata;
  const own = service.spec?.ports?.find((one) => one.port === port);
  if (!own)
    throw new ServiceError(`no service port ${port} found for service ${JSON.stringify(name)}`);
  return cache
    .list(ENDPOINT_SLICES, namespace)
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap((slice) => {
      const target = slice.ports?.find((one) => (one.name ?? '') === (own.name ?? ''))?.port;
      if (target === undefined) return [];
      return (slice.endpoints ?? [])
        .filter((one) => one.conditions?.ready !== false)
        .flatMap((one) => one.addresses.slice(0, 1))
        .map((host) => ({ host, port: target }));
    });
}
