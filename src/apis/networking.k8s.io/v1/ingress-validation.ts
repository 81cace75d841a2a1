import {
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { parseAddress } from '../../../machinery/ip-prefix.ts';
import { dnsSubdomainErrors, wildcardSubdomainErrors } from '../../../machinery/names.ts';
import { addressWarnings, legacyAddressErrors } from '../../core/v1/ip-validation.ts';
import { texts } from '../../core/v1/validation-rules.ts';
import { validateBackend } from './backend-validation.ts';
import type { HTTPIngressPath, Ingress, IngressRule, IngressSpec, IngressTLS } from './types.ts';

/** INGRESS_CLASS_ANNOTATION named the class of an ingress before spec.ingressClassName did. */
export const INGRESS_CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const BAD_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const BAD_ENDINGS = ['/..', '/.'];

function absoluteErrors(path: string, value: string): FieldError[] {
  return value.startsWith('/') ? [] : [invalid(path, value, 'must be an absolute path')];
}

function urlPathErrors(path: string, type: string, value: string): FieldError[] {
  if (type === 'ImplementationSpecific') return value === '' ? [] : absoluteErrors(path, value);
  const sequences = BAD_SEQUENCES.filter((one) => value.includes(one));
  const endings = BAD_ENDINGS.filter((one) => value.endsWith(one));
  return [
    ...absoluteErrors(path, value),
    ...sequences.map((one) => invalid(path, value, `must not contain '${one}'`)),
    ...endings.map((one) => invalid(path, value, `cannot end with '${one}'`)),
  ];
}

function httpPathErrors(one: HTTPIngressPath, path: string): FieldError[] {
  const { pathType: type, path: value = '' } = one;
  if (type === undefined) return [required(`${path}.pathType`, 'pathType must be specified')];
  const errors = PATH_TYPES.includes(type)
    ? urlPathErrors(`${path}.path`, type, value)
    : [notSupported(`${path}.pathType`, type, PATH_TYPES)];
  return [...errors, ...validateBackend(`${path}.backend`, one.backend)];
}

function hostErrors(path: string, host: string): FieldError[] {
  const problems = host.includes('*') ? wildcardSubdomainErrors(host) : dnsSubdomainErrors(host);
  return texts(path, host, problems);
}

function ruleErrors({ host, http }: IngressRule, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (host) {
    if (parseAddress(host) !== undefined)
      errors.push(invalid(`${path}.host`, host, 'must be a DNS name, not an IP address'));
    errors.push(...hostErrors(`${path}.host`, host));
  }
  if (http === undefined) return errors;
  const paths = http.paths ?? [];
  if (paths.length === 0) errors.push(required(`${path}.http.paths`));
  return [
    ...errors,
    ...paths.flatMap((one, index) => httpPathErrors(one, indexPath(`${path}.http.paths`, index))),
  ];
}

function tlsErrors(
  { hosts = [], secretName = '' }: IngressTLS,
  path: string,
  checkSecrets: boolean,
): FieldError[] {
  const secret = checkSecrets && secretName !== '' ? dnsSubdomainErrors(secretName) : [];
  return [
    ...hosts.flatMap((host, index) => hostErrors(indexPath(`${path}.hosts`, index), host)),
    ...texts(`${path}.secretName`, secretName, secret),
  ];
}

function specErrors(spec: IngressSpec, checkSecrets: boolean): FieldError[] {
  const { defaultBackend, ingressClassName, rules = [], tls = [] } = spec;
  const errors: FieldError[] = [];
  if (rules.length === 0 && defaultBackend === undefined) {
    const detail = 'either `defaultBackend` or `rules` must be specified';
    errors.push(invalid('spec', spec.rules ?? null, detail));
  }
  if (defaultBackend !== undefined)
    errors.push(...validateBackend('spec.defaultBackend', defaultBackend));
  for (const [index, rule] of rules.entries())
    errors.push(...ruleErrors(rule, indexPath('spec.rules', index)));
  for (const [index, one] of tls.entries())
    errors.push(...tlsErrors(one, indexPath('spec.tls', index), checkSecrets));
  if (ingressClassName !== undefined) {
    const problems = dnsSubdomainErrors(ingressClassName);
    errors.push(...texts('spec.ingressClassName', ingressClassName, problems));
  }
  return errors;
}

/** validateIngress checks a new ingress. */
export function validateIngress(ingress: Ingress): FieldError[] {
  const errors = specErrors(ingress.spec ?? {}, true);
  const annotation = ingress.metadata.annotations?.[INGRESS_CLASS_ANNOTATION];
  const name = ingress.spec?.ingressClassName;
  if (annotation !== undefined && name !== undefined && annotation !== name) {
    const path = `annotations.${INGRESS_CLASS_ANNOTATION}`;
    const detail = 'must match `ingressClassName` when both are specified';
    errors.push(invalid(path, annotation, detail));
  }
  return errors;
}

/** validateIngressUpdate checks a changed ingress: what was wrong with secrets' names may stay so. */
export function validateIngressUpdate(ingress: Ingress, old: Ingress): FieldError[] {
  const wasWrong = (old.spec?.tls ?? []).some(
    ({ secretName = '' }) => secretName !== '' && dnsSubdomainErrors(secretName).length > 0,
  );
  return specErrors(ingress.spec ?? {}, !wasWrong);
}

/** validateIngressStatus checks the addresses that a load balancer reports. */
export function validateIngressStatus(ingress: Ingress, old: Ingress): FieldError[] {
  const known = (old.status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip);
  return (ingress.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, index) => {
    const path = indexPath('status.loadBalancer.ingress', index);
    const errors = ip && !known.includes(ip) ? legacyAddressErrors(`${path}.ip`, ip) : [];
    if (!hostname) return errors;
    errors.push(...texts(`${path}.hostname`, hostname, dnsSubdomainErrors(hostname)));
    if (parseAddress(hostname) !== undefined)
      errors.push(invalid(`${path}.hostname`, hostname, 'must be a DNS name, not an IP address'));
    return errors;
  });
}

/** ingressWarnings are what a writer of an ingress, or of its status, is told. */
export function ingressWarnings(ingress: Ingress, old: Ingress | undefined, subresource: string) {
  if (subresource === 'status') {
    return (ingress.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }, index) =>
      ip ? addressWarnings(indexPath('status.loadBalancer.ingress', index), ip) : [],
    );
  }
  const annotated = ingress.metadata.annotations?.[INGRESS_CLASS_ANNOTATION] !== undefined;
  if (old !== undefined || !annotated || ingress.spec?.ingressClassName !== undefined) return [];
  return [
    `annotation "${INGRESS_CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`,
  ];
}
