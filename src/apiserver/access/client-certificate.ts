import { createHash, X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, PeerCertificate } from 'node:tls';
import type { UserInfo } from '../resource-definition.ts';
import { withAuthenticatedGroup } from './authenticated-group.ts';

const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';
const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** certificatesIn splits a PEM bundle. */
function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(CERTIFICATES) ?? []).map((one) => new X509Certificate(one));
}

/** valuesOf lists the values of an attribute of a certificate's subject. */
function valuesOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** commonNameOf is the CN of a certificate's subject, empty where there is none. */
export function commonNameOf(certificate: PeerCertificate): string {
  const { CN } = (certificate.subject ?? {}) as { CN?: string | string[] };
  return valuesOf(CN)[0] ?? '';
}

const users = new WeakMap<PeerCertificate, { readonly user: UserInfo | undefined }>();

/**
 * userOfCertificate: the subject's CN is the name, each O a group (Kubernetes' x509 authenticator). It
 * is the same object for as long as the connection lives.
 */
export function userOfCertificate(certificate: PeerCertificate): UserInfo | undefined {
  let known = users.get(certificate);
  if (!known) {
    known = { user: readUser(certificate) };
    users.set(certificate, known);
  }
  return known.user;
}

function readUser(certificate: PeerCertificate): UserInfo | undefined {
  const { O } = (certificate.subject ?? {}) as { O?: string | string[] };
  const name = commonNameOf(certificate);
  if (name === '') return undefined;
  const digest = createHash('sha256').update(certificate.raw).digest('hex');
  return withAuthenticatedGroup({
    name,
    groups: valuesOf(O),
    extra: { [CREDENTIAL_ID]: [`X509SHA256=${digest}`] },
  });
}

/**
 * CertificateTrust tells which certificates come from the authorities of a PEM bundle. The TLS
 * server has verified the chain already, against all authorities that it knows; this tells them
 * apart. What it found is remembered for as long as the connection lives.
 */
export class CertificateTrust {
  readonly #fingerprints: ReadonlySet<string>;
  readonly #known = new WeakMap<PeerCertificate, boolean>();

  constructor(caPem: string) {
    this.#fingerprints = new Set(certificatesIn(caPem).map((one) => one.fingerprint256));
  }

  /** trusts is true for a certificate below one of the authorities, as long as it has not expired. */
  trusts(certificate: PeerCertificate, now: Date): boolean {
    let issued = this.#known.get(certificate);
    if (issued === undefined) {
      issued = this.#isIssued(certificate);
      this.#known.set(certificate, issued);
    }
    return issued && now.getTime() <= Date.parse(certificate.valid_to);
  }

  #isIssued(certificate: PeerCertificate): boolean {
    let one: Partial<DetailedPeerCertificate> | undefined = certificate;
    const seen = new Set<unknown>();
    while (one?.fingerprint256 !== undefined && !seen.has(one)) {
      if (this.#fingerprints.has(one.fingerprint256)) return true;
      seen.add(one);
      one = one.issuerCertificate;
    }
    return false;
  }
}
