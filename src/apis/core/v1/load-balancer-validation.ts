import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
} from '../../../machinery/field-error.ts';
import { indexPath, keyPath } from '../../../machinery/field-path.ts';
import { parseAddress } from '../../../machinery/ip-prefix.ts';
import { dnsSubdomainErrors, labelKeyErrors, portNumberErrors } from '../../../machinery/names.ts';
import { legacyAddressErrors, legacyCidrErrors } from './ip-validation.ts';
import type { Service, ServiceSpec } from './types.ts';
import { texts } from './validation-rules.ts';

const RANGES_ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const ONLY = "may only be used when `type` is 'LoadBalancer'";
const IP_MODES = ['Proxy', 'VIP'];

function rangeErrors({ spec = {}, metadata }: Service): FieldError[] {
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) {
    const path = 'spec.LoadBalancerSourceRanges';
    return [
      ...(spec.type === 'LoadBalancer' ? [] : [forbidden(path, ONLY)]),
      ...ranges.flatMap((one, index) => legacyCidrErrors(indexPath(path, index), one.trim())),
    ];
  }
  const text = metadata.annotations?.[RANGES_ANNOTATION];
  const path = keyPath('metadata.annotations', RANGES_ANNOTATION);
  if (text === undefined) return [];
  const errors = spec.type === 'LoadBalancer' ? [] : [forbidden(path, ONLY)];
  if (text.trim() === '') return errors;
  return [...errors, ...text.split(',').flatMap((one) => legacyCidrErrors(path, one.trim()))];
}

function healthPortErrors(spec: ServiceSpec): FieldError[] {
  const { healthCheckNodePort: port = 0, type, externalTrafficPolicy } = spec;
  const path = 'spec.healthCheckNodePort';
  if (port === 0) return [];
  if (type !== 'LoadBalancer' || externalTrafficPolicy !== 'Local') {
    const detail =
      "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    return [invalid(path, port, detail)];
  }
  return texts(path, port, portNumberErrors(port));
}

/** validateLoadBalancer checks what only services with a load balancer have. */
export function validateLoadBalancer(service: Service): FieldError[] {
  const spec = service.spec ?? {};
  const errors = [...rangeErrors(service), ...healthPortErrors(spec)];
  const balanced = spec.type === 'LoadBalancer';
  if (!balanced && spec.allocateLoadBalancerNodePorts !== undefined)
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', ONLY));
  const { loadBalancerClass: name } = spec;
  if (name === undefined) return errors;
  const path = 'spec.loadBalancerClass';
  if (!balanced) return [...errors, forbidden(path, ONLY)];
  return [...errors, ...texts(path, name, labelKeyErrors(name))];
}

/** loadBalancerClassErrors keeps the class of a load balancer while there is one. */
export function loadBalancerClassErrors(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (spec.type !== 'LoadBalancer' && spec.loadBalancerClass !== undefined)
    return [forbidden('spec.loadBalancerClass', ONLY)];
  if (spec.type !== 'LoadBalancer' || old.type !== 'LoadBalancer') return [];
  if (spec.loadBalancerClass === old.loadBalancerClass) return [];
  return [invalid('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set')];
}

/** validateServiceStatus checks the addresses that a load balancer reports. */
export function validateServiceStatus({ spec, status }: Service): FieldError[] {
  const path = 'status.loadBalancer.ingress';
  const ingress = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0 && spec?.type !== 'LoadBalancer')
    return [forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  return ingress.flatMap(({ ip, hostname, ipMode }, index) => {
    const at = indexPath(path, index);
    const errors: FieldError[] = [];
    if (ip) errors.push(...legacyAddressErrors(`${at}.ip`, ip));
    if (ipMode !== undefined && !ip)
      errors.push(forbidden(`${at}.ipMode`, 'may not be specified when `ip` is not set'));
    else if (ipMode !== undefined && !IP_MODES.includes(ipMode))
      errors.push(notSupported(`${at}.ipMode`, ipMode, IP_MODES));
    if (hostname) errors.push(...hostnameErrors(`${at}.hostname`, hostname));
    return errors;
  });
}

function hostnameErrors(path: string, hostname: string): FieldError[] {
  const errors = texts(path, hostname, dnsSubdomainErrors(hostname));
  if (parseAddress(hostname) === undefined) return errors;
  return [...errors, invalid(path, hostname, 'must be a DNS name, not an IP address')];
}
