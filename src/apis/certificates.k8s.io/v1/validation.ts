import { deepEqual } from '../../../machinery/deep-equal.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../../machinery/names.ts';
import { LEGACY_UNKNOWN } from './signers.ts';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from './types.ts';

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];
const MAX_SIGNER_NAME = 571;
const MAX_DOMAIN = 253;
const MIN_SECONDS = 600;
const CONDITIONS = 'status.conditions';
const DECISIONS = ['Approved', 'Denied'] as const;
const LASTING = [...DECISIONS, 'Failed'] as const;

/** validateSignerName checks the form `example.com/signer-name`. */
function validateSignerName(name: string, path: string): FieldError[] {
  if (name === '') return [required(path)];
  const [domain = '', rest, ...more] = name.split('/');
  if (rest === undefined || more.length > 0) {
    const detail =
      "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return [invalid(path, name, detail)];
  }
  const errors = domain.length > MAX_DOMAIN ? [tooLong(path, MAX_DOMAIN)] : [];
  errors.push(...labelErrors(path, domain, dnsLabelErrors));
  if (!domain.includes('.')) {
    const detail = 'should be a domain with at least two segments separated by dots';
    errors.push(invalid(path, domain, detail));
  }
  errors.push(...labelErrors(path, rest, dnsSubdomainErrors));
  return name.length > MAX_SIGNER_NAME ? [...errors, tooLong(path, MAX_SIGNER_NAME)] : errors;
}

/** Checks the parts between the dots, up to the first that is wrong. */
function labelErrors(path: string, text: string, check: (label: string) => string[]): FieldError[] {
  const wrong = text.split('.').find((label) => check(label).length > 0);
  if (wrong === undefined) return [];
  const about = `validating label ${JSON.stringify(wrong)}`;
  return check(wrong).map((detail) => invalid(path, text, `${about}: ${detail}`));
}

function usageErrors(usages: readonly string[]): FieldError[] {
  const path = 'spec.usages';
  if (usages.length === 0) return [required(path)];
  const unknown = usages.flatMap((one, index) =>
    USAGES.includes(one) ? [] : [notSupported(indexPath(path, index), one, USAGES)],
  );
  const again = usages.flatMap((one, index) =>
    usages.indexOf(one) < index ? [duplicate(indexPath(path, index), one)] : [],
  );
  return [...unknown, ...again];
}

function conditionErrors(conditions: readonly CertificateSigningRequestCondition[]): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, { type, status }] of conditions.entries()) {
    const path = indexPath(CONDITIONS, index);
    if (!type) errors.push(required(`${path}.type`));
    const isLasting = (LASTING as readonly string[]).includes(type);
    const allowed = isLasting ? ['True'] : ['False', 'True', 'Unknown'];
    if (!status) errors.push(required(`${path}.status`));
    else if (!allowed.includes(status))
      errors.push(notSupported(`${path}.status`, status, allowed));
    const before = conditions.slice(0, index).map((one) => one.type);
    const other = type === 'Approved' ? 'Denied' : 'Approved';
    if ((DECISIONS as readonly string[]).includes(type) && before.includes(other)) {
      const detail = 'Approved and Denied conditions are mutually exclusive';
      errors.push(invalid(CONDITIONS, type, detail));
    }
    if (before.includes(type)) errors.push(duplicate(`${path}.type`, type));
  }
  return errors;
}

/**
 * validateCertificateSigningRequest checks everything but the request itself; `requestProblem` is
 * what is wrong with that.
 */
export function validateCertificateSigningRequest(
  csr: CertificateSigningRequest,
  requestProblem: string,
): FieldError[] {
  const { request, usages = [], signerName, expirationSeconds: seconds } = csr.spec;
  const errors: FieldError[] = [];
  if (requestProblem !== '') errors.push(invalid('spec.request', request, requestProblem));
  errors.push(...usageErrors(usages));
  if (signerName === LEGACY_UNKNOWN) {
    const detail = 'the legacy signerName is not allowed via this API version';
    errors.push(invalid('spec.signerName', signerName, detail));
  } else errors.push(...validateSignerName(signerName ?? '', 'spec.signerName'));
  if (seconds !== undefined && seconds < MIN_SECONDS) {
    const detail = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(invalid('spec.expirationSeconds', seconds, detail));
  }
  return [...errors, ...conditionErrors(csr.status?.conditions ?? [])];
}

/** Change is which part of a request an update may set. */
export type Change = 'approval' | 'status' | 'none';

/** validateCertificateUpdate keeps decisions and certificates from being taken back. */
export function validateCertificateUpdate(
  csr: CertificateSigningRequest,
  old: CertificateSigningRequest,
  change: Change,
): FieldError[] {
  const errors: FieldError[] = [];
  const of = (one: CertificateSigningRequest, type: string) =>
    (one.status?.conditions ?? []).filter((condition) => condition.type === type);
  for (const type of LASTING) {
    if (of(csr, type).length < of(old, type).length) {
      const detail = `updates may not remove a condition of type ${JSON.stringify(type)}`;
      errors.push(forbidden(CONDITIONS, detail));
    }
  }
  for (const type of change === 'approval' ? [] : DECISIONS) {
    const [now, before] = [of(csr, type), of(old, type)];
    const quoted = JSON.stringify(type);
    if (now.length > before.length)
      errors.push(forbidden(CONDITIONS, `updates may not add a condition of type ${quoted}`));
    else if (now.length === before.length && !deepEqual(now, before))
      errors.push(forbidden(CONDITIONS, `updates may not modify a condition of type ${quoted}`));
  }
  const { certificate = '' } = csr.status ?? {};
  const { certificate: known = '' } = old.status ?? {};
  if (certificate !== known) {
    const path = 'status.certificate';
    if (change !== 'status')
      errors.push(forbidden(path, 'updates may not set certificate content'));
    else if (known !== '')
      errors.push(forbidden(path, 'updates may not modify existing certificate content'));
  }
  return errors;
}
