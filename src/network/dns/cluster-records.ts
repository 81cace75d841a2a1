import type { Service } from '../../apis/core/v1/types.ts';
import type { EndpointSlice } from '../../apis/discovery.k8s.io/v1/types.ts';
import { ENDPOINT_SLICES, NAMESPACES, SERVICES } from '../../apis/resource-types.ts';
import type { Informers } from '../../controller-kit/controller.ts';

/** ClusterRecords is what cluster DNS looks up in the API. */
export interface ClusterRecords {
  hasNamespace(name: string): boolean;
  service(namespace: string, name: string): Service | undefined;
  slices(namespace: string, service: string): readonly EndpointSlice[];
  /** servicesAt are the Services with this cluster address. */
  servicesAt(address: string): readonly Service[];
  /** slicesAt are the EndpointSlices with an endpoint of this address. */
  slicesAt(address: string): readonly EndpointSlice[];
  /** synced resolves when lookups are complete. */
  synced(): Promise<void>;
}

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
const BY_SERVICE = 'dns-service';
const BY_ADDRESS = 'dns-address';

/** serviceOf is the name of the Service to which an EndpointSlice belongs. */
export function serviceOf(slice: EndpointSlice): string | undefined {
  return slice.metadata.labels?.[SERVICE_NAME_LABEL];
}

/** newClusterRecords looks up in informers. Call it before they start: it defines indexes. */
export function newClusterRecords(informers: Informers): ClusterRecords {
  const namespaces = informers.informer(NAMESPACES);
  const services = informers.informer(SERVICES);
  const slices = informers.informer(ENDPOINT_SLICES);
  services.addIndex(BY_ADDRESS, (one) => addressesOf(one));
  slices.addIndex(BY_SERVICE, (one) => [`${one.metadata.namespace}/${serviceOf(one)}`]);
  slices.addIndex(BY_ADDRESS, (one) => (one.endpoints ?? []).flatMap((e) => e.addresses));
  return {
    hasNamespace: (name) => namespaces.get(name) !== undefined,
    service: (namespace, name) => services.get(`${namespace}/${name}`),
    slices: (namespace, service) => slices.byIndex(BY_SERVICE, `${namespace}/${service}`),
    servicesAt: (address) => services.byIndex(BY_ADDRESS, address),
    slicesAt: (address) => slices.byIndex(BY_ADDRESS, address),
    synced: async () => {
      await Promise.all([namespaces.synced(), services.synced(), slices.synced()]);
    },
  };
}

function addressesOf(service: Service): readonly string[] {
  const { clusterIP, clusterIPs } = service.spec ?? {};
  return clusterIPs ?? (clusterIP === undefined ? [] : [clusterIP]);
}
