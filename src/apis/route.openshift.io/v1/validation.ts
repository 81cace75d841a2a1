import {
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { childPath, indexPath } from '../../../machinery/field-path.ts';
import { dnsLabelErrors, dnsSubdomainErrors, maxLengthError } from '../../../machinery/names.ts';
import { headerErrors } from './header-validation.ts';
import { ALLOW_NON_DNS_HOST } from './host.ts';
import { tlsErrors } from './tls-validation.ts';
import type { Route, RouteSpec, RouteTargetReference } from './types.ts';

const MAX_ALTERNATES = 3;
const MAX_SUBDOMAIN_LENGTH = 253;

/** validateRoute checks a new route, in the words of openshift/library-go `route/validation`. */
export function validateRoute(route: Route): readonly FieldError[] {
  const { spec } = route;
  return [
    ...hostErrors(route),
    ...subdomainErrors(spec.subdomain ?? ''),
    ...wildcardErrors(spec),
    ...headerErrors(spec),
    ...pathErrors(spec),
    ...targetErrors('spec.to', spec.to),
    ...alternateErrors(spec.alternateBackends ?? []),
    ...portErrors(spec),
    ...tlsErrors(spec.tls),
  ];
}

/** validateRouteUpdate checks what an update may change, beside validateRoute. */
export function validateRouteUpdate(route: Route, old: Route): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (route.spec.wildcardPolicy !== old.spec.wildcardPolicy) {
    const value = route.spec.wildcardPolicy ?? '';
    errors.push(invalid('spec.wildcardPolicy', value, 'field is immutable'));
  }
  return errors;
}

function hostErrors(route: Route): readonly FieldError[] {
  const host = route.spec.host ?? '';
  if (host === '') return [];
  const errors: FieldError[] = [];
  if (dnsSubdomainErrors(host).length > 0) {
    errors.push(invalid('spec.host', host, 'host must conform to DNS 952 subdomain conventions'));
  }
  const lenient = route.metadata.annotations?.[ALLOW_NON_DNS_HOST] === 'true';
  if (lenient) return errors;
  const texts = host.split('.').flatMap((label) => dnsLabelErrors(label));
  return [...errors, ...texts.map((text) => invalid('spec.host', host, text))];
}

function subdomainErrors(subdomain: string): readonly FieldError[] {
  if (subdomain === '') return [];
  const errors: FieldError[] = [];
  if (subdomain.length > MAX_SUBDOMAIN_LENGTH) {
    errors.push(invalid('spec.subdomain', subdomain, maxLengthError(MAX_SUBDOMAIN_LENGTH)));
  }
  for (const label of subdomain.split('.')) {
    const texts = dnsLabelErrors(label);
    if (texts.length > 0) errors.push(invalid('spec.subdomain', label, texts.join(', ')));
  }
  return errors;
}

function wildcardErrors({ host, wildcardPolicy }: RouteSpec): readonly FieldError[] {
  if (!wildcardPolicy) return [];
  const path = 'spec.wildcardPolicy';
  const allowed = ['None', 'Subdomain'];
  if (!allowed.includes(wildcardPolicy)) return [notSupported(path, wildcardPolicy, allowed)];
  if (wildcardPolicy === 'Subdomain' && !host) {
    return [invalid(path, wildcardPolicy, 'host name not specified for wildcard policy')];
  }
  return [];
}

function pathErrors({ path, tls }: RouteSpec): readonly FieldError[] {
  if (!path) return [];
  const errors: FieldError[] = [];
  if (!path.startsWith('/')) errors.push(invalid('spec.path', path, 'path must begin with /'));
  if (tls?.termination === 'passthrough') {
    errors.push(invalid('spec.path', path, 'passthrough termination does not support paths'));
  }
  return errors;
}

function targetErrors(path: string, target: RouteTargetReference): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!target.name) errors.push(required(childPath(path, 'name')));
  if (target.kind !== 'Service') {
    errors.push(invalid(childPath(path, 'kind'), target.kind, 'must reference a Service'));
  }
  const { weight } = target;
  if (weight !== undefined && (weight < 0 || weight > 256)) {
    const detail = 'weight must be an integer between 0 and 256';
    errors.push(invalid(childPath(path, 'weight'), weight, detail));
  }
  return errors;
}

function alternateErrors(alternates: readonly RouteTargetReference[]): readonly FieldError[] {
  const path = 'spec.alternateBackends';
  const errors = alternates.flatMap((one, index) => targetErrors(indexPath(path, index), one));
  if (alternates.length <= MAX_ALTERNATES) return errors;
  return [
    required(path, `cannot specify more than ${MAX_ALTERNATES} alternate backends`),
    ...errors,
  ];
}

function portErrors({ port }: RouteSpec): readonly FieldError[] {
  if (port === undefined || (port.targetPort !== 0 && port.targetPort !== '')) return [];
  return [required('spec.port.targetPort')];
}
