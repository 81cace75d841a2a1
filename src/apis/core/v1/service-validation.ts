import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath, keyPath } from '../../../machinery/field-path.ts';
import { dnsSubdomainErrors } from '../../../machinery/names.ts';
import { isExternallyAccessible } from './defaults.ts';
import { rangeErrors } from './endpoint-ip-validation.ts';
import { legacyAddressErrors } from './ip-validation.ts';
import { loadBalancerClassErrors, validateLoadBalancer } from './load-balancer-validation.ts';
import { appProtocolErrors, namedPortErrors } from './port-validation.ts';
import { portNumberOrName } from './probe-validation.ts';
import {
  addressChangeErrors,
  isHeadless,
  serviceAddressErrors,
} from './service-address-validation.ts';
import { HINTS, MODE } from './service-warnings.ts';
import type { Service, ServicePort, ServiceSpec } from './types.ts';
import { labelErrors, texts } from './validation-rules.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const AFFINITIES = ['ClientIP', 'None'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
const DAY_SECONDS = 86_400;

function validatePort(port: ServicePort, path: string, needsName: boolean): FieldError[] {
  return [
    ...namedPortErrors(path, port, needsName),
    ...portNumberOrName(`${path}.targetPort`, port.targetPort ?? 0),
    ...appProtocolErrors(path, port.appProtocol),
  ];
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
  const nodePorts = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = indexPath('spec.ports', index);
    const errors = validatePort(port, path, ports.length > 1);
    if (port.name && names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
    names.add(port.name ?? '');
    if (port.nodePort && spec.type === 'ClusterIP') {
      const detail = "may not be used when `type` is 'ClusterIP'";
      errors.push(forbidden(`${path}.nodePort`, detail));
    }
    const nodeKey = `${port.protocol}/${port.nodePort}`;
    if (port.nodePort && nodePorts.has(nodeKey))
      errors.push(duplicate(`${path}.nodePort`, port.nodePort));
    nodePorts.add(nodeKey);
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

/** For historical reasons these are checked like addresses of endpoints, but for how they are written. */
function externalAddressErrors(path: string, address: string): FieldError[] {
  const errors = legacyAddressErrors(path, address);
  return errors.length > 0 ? errors : rangeErrors(path, address);
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
    errors.push(...externalAddressErrors(indexPath('spec.externalIPs', index), address));
  const { trafficDistribution: near } = spec;
  if (near !== undefined && !DISTRIBUTIONS.includes(near))
    errors.push(notSupported('spec.trafficDistribution', near, DISTRIBUTIONS, 'as given'));
  return errors;
}

/** The annotation has an older name: where both are there, they must say the same. */
function validateAnnotations({ metadata: { annotations = {} } }: Service): FieldError[] {
  const [hints, mode] = [annotations[HINTS], annotations[MODE]];
  if (hints === undefined || mode === undefined || hints === mode) return [];
  const text = `must match annotations[${HINTS}] when both are specified`;
  return [invalid(keyPath('metadata.annotations', MODE), mode, text)];
}

/** The port at which a load balancer asks for health stays as long as there is one. */
function healthPortErrors(spec: ServiceSpec, before: ServiceSpec): FieldError[] {
  const asks = ({ type, externalTrafficPolicy }: ServiceSpec) =>
    type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
  if (!asks(spec) || !asks(before)) return [];
  if (spec.healthCheckNodePort === before.healthCheckNodePort) return [];
  return [forbidden('spec.healthCheckNodePort', 'field is immutable')];
}

/**
 * validateService checks a service that has its defaults and its address; on an update `before` is
 * what it was.
 */
export function validateService(service: Service, before?: ServiceSpec): FieldError[] {
  const spec = service.spec ?? {};
  return [
    ...validateAnnotations(service),
    ...validateType(spec),
    ...validatePorts(spec),
    ...labelErrors('spec.selector', spec.selector),
    ...validateAffinity(spec),
    ...serviceAddressErrors(spec, before),
    ...validateTraffic(spec),
    ...validateLoadBalancer(service),
  ];
}

/** validateServiceUpdate checks a changed service, whose address stays once it was given. */
export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const [spec, before] = [service.spec ?? {}, old.spec ?? {}];
  return [
    ...addressChangeErrors(spec, before),
    ...loadBalancerClassErrors(spec, before),
    ...healthPortErrors(spec, before),
    ...validateService(service, before),
  ];
}
