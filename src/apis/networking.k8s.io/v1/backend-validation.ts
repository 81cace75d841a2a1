import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import {
  dns1035LabelErrors,
  dnsLabelErrors,
  dnsSubdomainErrors,
  pathSegmentErrors,
  portNameErrors,
  portNumberErrors,
} from '../../../machinery/names.ts';
import { texts } from '../../core/v1/validation-rules.ts';
import type {
  IngressBackend,
  IngressClassParametersReference,
  IngressServiceBackend,
} from './types.ts';

interface Reference {
  readonly apiGroup?: string;
  readonly kind: string;
  readonly name: string;
}

function referenceErrors(path: string, { apiGroup, kind, name }: Reference): FieldError[] {
  const segment = (field: string, value = '') =>
    value === '' ? [required(field)] : texts(field, value, pathSegmentErrors(value));
  return [
    ...(apiGroup === undefined
      ? []
      : texts(`${path}.apiGroup`, apiGroup, dnsSubdomainErrors(apiGroup))),
    ...segment(`${path}.kind`, kind),
    ...segment(`${path}.name`, name),
  ];
}

/** validateClassParameters checks the reference of an ingress class to its parameters. */
export function validateClassParameters(
  path: string,
  reference: IngressClassParametersReference,
): FieldError[] {
  const errors = referenceErrors(path, reference);
  const { scope, namespace } = reference;
  if (scope === undefined) return [...errors, required(`${path}.scope`)];
  if (scope === 'Cluster') {
    if (namespace !== undefined)
      errors.push(forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  } else if (scope !== 'Namespace') {
    errors.push(notSupported(`${path}.scope`, scope, ['Cluster', 'Namespace']));
  } else if (namespace === undefined) {
    errors.push(required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'"));
  } else errors.push(...texts(`${path}.namespace`, namespace, dnsLabelErrors(namespace)));
  return errors;
}

function serviceErrors(path: string, service: IngressServiceBackend): FieldError[] {
  const { name = '', port: { name: portName = '', number = 0 } = {} } = service;
  const at = `${path}.service`;
  const errors =
    name === '' ? [required(`${at}.name`)] : texts(`${at}.name`, name, dns1035LabelErrors(name));
  if (portName !== '' && number !== 0)
    errors.push(invalid(path, '', 'cannot set both port name & port number'));
  else if (portName !== '')
    errors.push(...texts(`${at}.port.name`, portName, portNameErrors(portName)));
  else if (number !== 0)
    errors.push(...texts(`${at}.port.number`, number, portNumberErrors(number)));
  else errors.push(required(path, 'port name or number is required'));
  return errors;
}

/** validateBackend checks where an ingress sends requests: to a service or to another resource. */
export function validateBackend(path: string, backend: IngressBackend = {}): FieldError[] {
  const { resource, service } = backend;
  if (resource !== undefined && service !== undefined)
    return [invalid(path, '', 'cannot set both resource and service backends')];
  if (resource !== undefined) return referenceErrors(`${path}.resource`, resource);
  if (service !== undefined) return serviceErrors(path, service);
  return [invalid(path, '', 'resource or service backend is required')];
}
