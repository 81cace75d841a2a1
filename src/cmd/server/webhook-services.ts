import type { EndpointSlice } from '../../apis/discovery.k8s.io/v1/types.ts';
import { ENDPOINT_SLICES, SERVICES } from '../../apis/resource-types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { ResolveService, ServiceAddress } from '../../client/webhook-client.ts';

const SERVICE_LABEL = 'kubernetes.io/service-name';

function addressesOf(slice: EndpointSlice, portName: string): ServiceAddress[] {
  const port = slice.ports?.find((one) => (one.name ?? '') === portName)?.port;
  if (port === undefined) return [];
  const ready = (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
  return ready.flatMap(({ addresses }) => addresses.map((host) => ({ host, port })));
}

/**
 * newServiceResolver finds an address behind a port of a service: of one of its ready endpoints, or
 * the name that an ExternalName stands for. It does not need the cluster's own network rules.
 */
export function newServiceResolver(cache: () => CacheReader): ResolveService {
  let turn = 0;
  return (namespace, name, port) => {
    const service = cache().get(SERVICES, namespace, name);
    if (!service) throw new Error(`service ${JSON.stringify(name)} not found`);
    const { type, externalName = '', ports = [] } = service.spec ?? {};
    if (type === 'ExternalName') return { host: externalName, port };
    const found = ports.find((one) => one.port === port);
    if (!found)
      throw new Error(`no service port ${port} found for service ${JSON.stringify(name)}`);
    const addresses = cache()
      .list(ENDPOINT_SLICES, namespace)
      .filter(({ metadata }) => metadata.labels?.[SERVICE_LABEL] === name)
      .flatMap((slice) => addressesOf(slice, found.name ?? ''));
    const picked = addresses[turn++ % Math.max(addresses.length, 1)];
    if (!picked) throw new Error(`no endpoints available for service ${JSON.stringify(name)}`);
    return picked;
  };
}
