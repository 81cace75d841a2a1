import { type ClusterRecords, serviceOf } from './cluster-records.ts';
import { endpointLabel } from './service-names.ts';

/** answerAddress are the names of an address: its Services', else those of its endpoints. */
export function answerAddress(
  address: string,
  records: ClusterRecords,
  domain: string,
): readonly string[] {
  const services = records.servicesAt(address);
  if (services.length > 0) {
    return services.map(({ metadata }) => `${metadata.name}.${metadata.namespace}.svc.${domain}`);
  }
  const names = records.slicesAt(address).flatMap((slice) => {
    const base = `${serviceOf(slice)}.${slice.metadata.namespace}.svc.${domain}`;
    return (slice.endpoints ?? [])
      .filter((one) => one.addresses.includes(address))
      .map((one) => `${endpointLabel(one, address)}.${base}`);
  });
  return [...new Set(names)];
}
