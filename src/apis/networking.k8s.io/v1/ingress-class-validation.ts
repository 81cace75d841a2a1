import { type FieldError, invalid, required, tooLong } from '../../../machinery/field-error.ts';
import { dnsSubdomainErrors, regexError } from '../../../machinery/names.ts';
import { immutable, texts } from '../../core/v1/validation-rules.ts';
import { validateClassParameters } from './backend-validation.ts';
import type { IngressClass } from './types.ts';

const MAX_CONTROLLER_BYTES = 250;
const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const HTTP_PATH_REGEX = new RegExp(`^${HTTP_PATH}$`);

/** domainPrefixedPathErrors checks a name such as `acme.io/foo`. */
export function domainPrefixedPathErrors(path: string, value: string): FieldError[] {
  if (value === '') return [required(path)];
  const slash = value.indexOf('/');
  if (slash < 1 || slash === value.length - 1)
    return [invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const [host, rest] = [value.slice(0, slash), value.slice(slash + 1)];
  const errors = texts(path, host, dnsSubdomainErrors(host));
  if (!HTTP_PATH_REGEX.test(rest))
    errors.push(invalid(path, rest, regexError('Invalid path', HTTP_PATH)));
  return errors;
}

/** validateIngressClass checks the controller and parameters of an ingress class. */
export function validateIngressClass({ spec = {} }: IngressClass): FieldError[] {
  const { controller = '', parameters } = spec;
  return [
    ...(controller.length > MAX_CONTROLLER_BYTES
      ? [tooLong('spec.controller', MAX_CONTROLLER_BYTES)]
      : []),
    ...domainPrefixedPathErrors('spec.controller', controller),
    ...(parameters === undefined ? [] : validateClassParameters('spec.parameters', parameters)),
  ];
}

/** validateIngressClassUpdate keeps the controller, then checks again. */
export function validateIngressClassUpdate(one: IngressClass, old: IngressClass): FieldError[] {
  return [
    ...immutable('spec.controller', one.spec?.controller ?? '', old.spec?.controller ?? ''),
    ...validateIngressClass(one),
  ];
}
