import type { PeerCertificate } from 'node:tls';
import { goReason } from './go-http-error.ts';

/** CertificateProblem is what is outdated in the certificate of a server that was not trusted. */
export type CertificateProblem = 'missing-san' | 'insecure-sha1';

/**
 * certificateProblemOf tells why a connection failed, where the certificate of the server names it
 * by its common name only, or is signed with SHA-1; undefined: it failed for something else.
 */
export function certificateProblemOf(error: unknown): CertificateProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as Error & { readonly code?: string; readonly cert?: PeerCertificate };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return goReason(error).includes('legacy Common Name') ? 'missing-san' : undefined;
  return error.message.includes('digest algorithm too weak') ? 'insecure-sha1' : undefined;
}
