import { indexPath } from '../../../machinery/field-path.ts';
import { addressWarnings, cidrWarnings } from './ip-validation.ts';
import { isHeadless } from './service-address-validation.ts';
import type { Service, ServiceSpec } from './types.ts';

/** HINTS is the older name of the annotation MODE. */
export const HINTS = 'service.kubernetes.io/topology-aware-hints';
/** MODE is the annotation that says whether traffic stays near. */
export const MODE = 'service.kubernetes.io/topology-mode';

/** serviceWarnings are what a writer of a service should know (`GetWarningsForService`). */
export function serviceWarnings({ metadata, spec = {} }: Service): string[] {
  const isOld = metadata.annotations?.[HINTS] !== undefined;
  return [
    ...(isOld ? [`annotation ${HINTS} is deprecated, please use ${MODE} instead`] : []),
    ...(isHeadless(spec) ? headlessWarnings(spec) : listed('spec.clusterIPs', spec.clusterIPs)),
    ...listed('spec.externalIPs', spec.externalIPs),
    ...(spec.loadBalancerIP ? addressWarnings('spec.loadBalancerIP', spec.loadBalancerIP) : []),
    ...rangeWarnings(spec),
    ...typeWarnings(spec),
  ];
}

/** serviceStatusWarnings are what a writer of the addresses of a load balancer should know. */
export function serviceStatusWarnings({ status }: Service): string[] {
  const ingress = status?.loadBalancer?.ingress ?? [];
  return ingress.flatMap(({ ip }, index) =>
    ip ? addressWarnings(indexPath('status.loadBalancer.ingress', index), ip) : [],
  );
}

function listed(path: string, addresses: readonly string[] = []): string[] {
  return addresses.flatMap((address, index) => addressWarnings(indexPath(path, index), address));
}

function headlessWarnings(spec: ServiceSpec): string[] {
  const ignored = (name: string) => `spec.${name} is ignored for headless services`;
  return [
    ...(spec.loadBalancerIP ? [ignored('loadBalancerIP')] : []),
    ...((spec.externalIPs ?? []).length > 0 ? [ignored('externalIPs')] : []),
    ...(spec.sessionAffinity === 'None' ? [] : [ignored('SessionAffinity')]),
  ];
}

function rangeWarnings({ loadBalancerSourceRanges = [] }: ServiceSpec): string[] {
  const path = 'spec.loadBalancerSourceRanges';
  return loadBalancerSourceRanges.flatMap((range, index) =>
    cidrWarnings(indexPath(path, index), range),
  );
}

function typeWarnings({ type, externalName, externalIPs = [] }: ServiceSpec): string[] {
  if (type === 'ExternalName') {
    const text = 'spec.externalIPs is ignored when spec.type is "ExternalName"';
    return externalIPs.length > 0 ? [text] : [];
  }
  return externalName ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : [];
}
