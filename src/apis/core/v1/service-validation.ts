import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { isIPAddress, isIPv6 } from '../../../machinery/ip-address.ts';
import { dnsSubdomainErrors, labelKeyErrors, portNumberErrors } from '../../../machinery/names.ts';
import { isExternallyAccessible } from './defaults.ts';
import { endpointIPErrors } from './endpoint-ip-validation.ts';
import { loadBalancerClassErrors, validateLoadBalancer } from './load-balancer-validation.ts';
import { portNumberOrName } from './probe-validation.ts';
import type { Service, ServicePort, ServiceSpec } from './types.ts';
import { dnsLabel, labelErrors, texts } from './validation-rules.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const AFFINITIES = ['ClientIP', 'None'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
const FAMILIES = ['IPv4', 'IPv6'];
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
const DAY_SECONDS = 86_400;
const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** isHeadless tells whether a service has no address of its own by its own wish. */
export function isHeadless(spec: ServiceSpec): boolean {
  return spec.clusterIPs?.[0] === 'None' || spec.clusterIP === 'None';
}

function validatePort(port: ServicePort, path: string, needsName: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (port.name) errors.push(...dnsLabel(`${path}.name`, port.name));
  else if (needsName) errors.push(required(`${path}.name`));
  errors.push(...texts(`${path}.port`, port.port ?? 0, portNumberErrors(port.port ?? 0)));
  if (!PROTOCOLS.includes(port.protocol ?? ''))
    errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
  errors.push(...portNumberOrName(`${path}.targetPort`, port.targetPort ?? 0));
  if (port.appProtocol !== undefined)
    errors.push(
      ...texts(`${path}.appProtocol`, port.appProtocol, labelKeyErrors(port.appProtocol)),
    );
  return errors;
}

/** A port as messages show it where it is there twice. */
function goPort({ protocol = '', port }: ServicePort) {
  return {
    Name: '',
    Protocol: protocol,
    AppProtocol: null,
    Port: port,
    TargetPort: 0,
    NodePort: 0,
  };
}

function validatePorts(spec: ServiceSpec): FieldError[] {
  const ports = spec.ports ?? [];
  const names = new Set<string>();
  const seen = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = indexPath('spec.ports', index);
    const errors = validatePort(port, path, ports.length > 1);
    if (port.name && names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
    names.add(port.name ?? '');
    if (port.nodePort && spec.type === 'ClusterIP') {
      const detail = "may not be used when `type` is 'ClusterIP'";
      errors.push(forbidden(`${path}.nodePort`, detail));
    }
    const key = `${port.protocol}/${port.port}`;
    if (seen.has(key)) errors.push(duplicate(path, goPort(port)));
    seen.add(key);
    return errors;
  });
}

function validateExternalName(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  for (const field of ['clusterIPs', 'ipFamilies'] as const)
    if ((spec[field] ?? []).length > 0)
      errors.push(forbidden(`spec.${field}`, 'may not be set for ExternalName services'));
  if (spec.ipFamilyPolicy)
    errors.push(forbidden('spec.ipFamilyPolicy', 'may not be set for ExternalName services'));
  if (name === '') errors.push(required('spec.externalName'));
  else errors.push(...texts('spec.externalName', name, dnsSubdomainErrors(name)));
  return errors;
}

function validateType(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const type = spec.type ?? '';
  const headless = isHeadless(spec);
  if ((spec.ports ?? []).length === 0 && !headless && type !== 'ExternalName')
    errors.push(required('spec.ports'));
  if (headless && (type === 'LoadBalancer' || type === 'NodePort'))
    errors.push(
      invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`),
    );
  if (type === 'ExternalName') errors.push(...validateExternalName(spec));
  if (!TYPES.includes(type)) errors.push(notSupported('spec.type', type, TYPES));
  return errors;
}

function validateAffinity(spec: ServiceSpec): FieldError[] {
  const affinity = spec.sessionAffinity ?? '';
  if (!AFFINITIES.includes(affinity))
    return [notSupported('spec.sessionAffinity', affinity, AFFINITIES)];
  if (affinity === 'None') return [];
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  const path = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
  if (seconds === undefined)
    return [required('spec.sessionAffinityConfig', 'when session affinity type is ClientIP')];
  return seconds > 0 && seconds <= DAY_SECONDS
    ? []
    : [invalid(path, seconds, `must be greater than 0 and less than ${DAY_SECONDS}`)];
}

function validateAddresses(spec: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName') return [];
  const { clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  const path = 'spec.clusterIPs';
  const errors: FieldError[] = [];
  if (clusterIP !== '' && clusterIPs.length === 0) errors.push(required(path));
  else if (clusterIP !== '' && clusterIPs[0] !== clusterIP)
    errors.push(invalid(path, clusterIPs, 'first value must match `clusterIP`'));
  else if (clusterIP === '' && clusterIPs.length > 0) {
    const detail = 'must be empty when `clusterIP` is not specified';
    errors.push(invalid(path, clusterIPs, detail));
  }
  for (const [index, family] of ipFamilies.entries())
    if (!FAMILIES.includes(family))
      errors.push(notSupported(indexPath('spec.ipFamilies', index), family, FAMILIES));
    else if (ipFamilies.indexOf(family) < index)
      errors.push(duplicate(indexPath('spec.ipFamilies', index), family));
  if (ipFamilyPolicy !== undefined && !FAMILY_POLICIES.includes(ipFamilyPolicy))
    errors.push(notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, FAMILY_POLICIES));
  if (errors.length === 0) errors.push(...missingFamilyErrors(spec));
  return [...errors, ...validateClusterIPs(clusterIPs, ipFamilies)];
}

/** Addresses are of IPv4 only; a service without address and selector says what others do. */
function missingFamilyErrors(spec: ServiceSpec): FieldError[] {
  if (isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0) return [];
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    const detail = 'this cluster is not configured for dual-stack services';
    return [invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, detail)];
  }
  if ((spec.ipFamilies ?? []).length > 1 && spec.ipFamilyPolicy === 'SingleStack') {
    const detail =
      "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified";
    return [invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, detail)];
  }
  const index = (spec.ipFamilies ?? []).indexOf('IPv6');
  if (index < 0) return [];
  return [invalid(indexPath('spec.ipFamilies', index), 'IPv6', 'not configured on this cluster')];
}

function validateClusterIPs(addresses: readonly string[], families: readonly string[]) {
  const path = 'spec.clusterIPs';
  if (addresses[0] === 'None')
    return addresses.length > 1
      ? [invalid(path, addresses, "'None' must be the first and only value")]
      : [];
  if (addresses.length > 2) return [invalid(path, addresses, 'may only hold up to 2 values')];
  const [first = '', second] = addresses;
  if (second !== undefined && isIPv6(first) === isIPv6(second)) {
    const detail = 'may specify no more than one IP for each IP family';
    return [invalid(path, addresses, detail)];
  }
  return addresses.flatMap((address, index) => {
    const at = indexPath(path, index);
    if (!isIPAddress(address)) return [invalid(at, address, IP_TEXT)];
    const wanted = families[index];
    const actual = isIPv6(address) ? 'IPv6' : 'IPv4';
    if (wanted === undefined || wanted === actual) return [];
    const detail = `expected an ${wanted} value as indicated by \`ipFamilies[${index}]\``;
    return [invalid(at, address, detail)];
  });
}

function validateTraffic(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { externalTrafficPolicy: external = '', internalTrafficPolicy: internal } = spec;
  const path = 'spec.externalTrafficPolicy';
  if (!isExternallyAccessible(spec)) {
    if (external !== '')
      errors.push(invalid(path, external, 'may only be set for externally-accessible services'));
  } else if (!TRAFFIC_POLICIES.includes(external)) {
    errors.push(notSupported(path, external, TRAFFIC_POLICIES));
  }
  if (internal !== undefined && !TRAFFIC_POLICIES.includes(internal))
    errors.push(notSupported('spec.internalTrafficPolicy', internal, TRAFFIC_POLICIES));
  for (const [index, address] of (spec.externalIPs ?? []).entries())
    errors.push(...endpointIPErrors(indexPath('spec.externalIPs', index), address));
  const { trafficDistribution: near } = spec;
  if (near !== undefined && !DISTRIBUTIONS.includes(near))
    errors.push(notSupported('spec.trafficDistribution', near, DISTRIBUTIONS, 'as given'));
  return errors;
}

/** validateService checks a service that has its defaults and its address. */
export function validateService(service: Service): FieldError[] {
  const spec = service.spec ?? {};
  return [
    ...validateType(spec),
    ...validatePorts(spec),
    ...labelErrors('spec.selector', spec.selector),
    ...validateAffinity(spec),
    ...validateAddresses(spec),
    ...validateTraffic(spec),
    ...validateLoadBalancer(service),
  ];
}

/** validateServiceUpdate checks that an address, once given, stays. */
export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const [spec, before] = [service.spec ?? {}, old.spec ?? {}];
  const errors = loadBalancerClassErrors(spec, before);
  if (spec.type === 'ExternalName' || before.type === 'ExternalName') return errors;
  if (isHeadless(spec) && isHeadless(before)) return errors;
  const path = 'spec.clusterIPs[0]';
  const [now = [], then = []] = [spec.clusterIPs, before.clusterIPs];
  if (then.length === 0) return errors;
  if (now.length === 0) errors.push(invalid(path, now, 'primary clusterIP can not be unset'));
  else if (now[0] !== then[0] && now[0] === spec.clusterIP)
    errors.push(invalid(path, now, 'may not change once set'));
  return errors;
}
