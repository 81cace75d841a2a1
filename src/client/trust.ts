import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** Trust is the part of the options of Node's TLS that says whom a connection trusts. */
export interface Trust {
  readonly ca?: string;
  readonly allowPartialTrustChain?: true;
}

/**
 * trustIn trusts the certificates of a PEM bundle as Go does: an authority, one between, or that of
 * the server itself. Absent or empty: the authorities of the system.
 */
export function trustIn(caPem: string | undefined): Trust {
  return caPem ? { ca: caPem, allowPartialTrustChain: true } : {};
}

/** NamedTrust also says for which names a certificate is good. */
export interface NamedTrust extends Trust {
  checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined;
}

/** namedTrustIn is trustIn for those names only that a certificate lists: as Go, it does not look at the common name. */
export function namedTrustIn(caPem: string | undefined): NamedTrust {
  return { ...trustIn(caPem), checkServerIdentity: checkNames };
}

function checkNames(host: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname) return checkServerIdentity(host, certificate);
  const nameless = { ...certificate, subject: { ...certificate.subject, CN: '' } };
  const error = checkServerIdentity(host, nameless);
  return error && Object.assign(error, { cert: certificate });
}
