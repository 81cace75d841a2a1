import { type FieldError, invalid, notSupported } from '../../../machinery/field-error.ts';
import type { TLSConfig } from './types.ts';

const PATH = 'spec.tls';
const TERMINATIONS = ['edge', 'passthrough', 'reencrypt'];

/** tlsErrors are what is wrong with a route's TLS; certificates never appear in messages. */
export function tlsErrors(tls: TLSConfig | undefined): readonly FieldError[] {
  if (tls === undefined) return [];
  return [...terminationErrors(tls), ...insecureErrors(tls)];
}

function terminationErrors(tls: TLSConfig): readonly FieldError[] {
  switch (tls.termination) {
    case 'reencrypt':
      return [];
    case 'passthrough':
      return passthroughErrors(tls);
    case 'edge':
      return tls.destinationCACertificate
        ? [
            invalid(
              `${PATH}.destinationCACertificate`,
              'redacted destination ca certificate data',
              'edge termination does not support destination certificates',
            ),
          ]
        : [];
    default:
      return [notSupported(`${PATH}.termination`, tls.termination ?? '', TERMINATIONS)];
  }
}

function passthroughErrors(tls: TLSConfig): readonly FieldError[] {
  const fields = {
    certificate: 'certificate',
    key: 'key',
    caCertificate: 'ca certificate',
    destinationCACertificate: 'destination ca certificate',
  } as const;
  const detail = 'passthrough termination does not support certificates';
  return Object.entries(fields)
    .filter(([field]) => tls[field as keyof typeof fields])
    .map(([field, words]) => invalid(`${PATH}.${field}`, `redacted ${words} data`, detail));
}

function insecureErrors(tls: TLSConfig): readonly FieldError[] {
  const policy = tls.insecureEdgeTerminationPolicy;
  if (!policy) return [];
  const allowed =
    tls.termination === 'passthrough' ? ['None', 'Redirect'] : ['None', 'Allow', 'Redirect'];
  if (!TERMINATIONS.includes(tls.termination) || allowed.includes(policy)) return [];
  const detail = `invalid value for InsecureEdgeTerminationPolicy option, acceptable values are ${allowed.join(', ')}, or empty`;
  return [invalid(`${PATH}.insecureEdgeTerminationPolicy`, policy, detail)];
}
