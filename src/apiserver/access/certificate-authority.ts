import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import type { JsonGeneralNames, JsonName } from '@peculiar/x509';

/** SIGNATURE is the algorithm of the keys of authorities. */
export const SIGNATURE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 60 * 60 * 1000;
const BACKDATE_MS = 5 * 60 * 1000;

/** KeyPair is a certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

/** LeafRequest says for whom a certificate is and how long it is valid. */
export interface LeafRequest {
  readonly commonName: string;
  /** Become the groups of a client (subject O). */
  readonly organizations?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly usage: 'server' | 'client';
  readonly days: number;
}

/** loadX509 loads the library only when a certificate is to be made: it takes longer than that. */
export async function loadX509() {
  return (await import('./x509.ts')).x509;
}

function pemOf(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(SIGNATURE, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
}

async function keyPemOf(key: webcrypto.CryptoKey): Promise<string> {
  return pemOf('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key));
}

/** importKey reads the private key of an authority. */
export async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, SIGNATURE, true, ['sign']);
}

/** serialNumber is a random positive one. */
export function serialNumber(): string {
  return `00${randomBytes(15).toString('hex')}`;
}

/** newCertificateAuthority makes a self-signed ECDSA P-256 authority valid for `days`. */
export async function newCertificateAuthority(
  commonName: string,
  days: number,
  now: Date,
): Promise<KeyPair> {
  const x509 = await loadX509();
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + days * DAY_MS),
    signingAlgorithm: SIGNATURE,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: await keyPemOf(keys.privateKey) };
}

/** issueCertificate signs a leaf certificate for a new key. */
export async function issueCertificate(
  authority: KeyPair,
  request: LeafRequest,
  now: Date,
): Promise<KeyPair> {
  const x509 = await loadX509();
  const issuer = new x509.X509Certificate(authority.certPem);
  const keys = await generateKeys();
  const subject: JsonName = [
    ...(request.organizations ?? []).map((name) => ({ O: [name] })),
    { CN: [request.commonName] },
  ];
  const names: JsonGeneralNames = [
    ...(request.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(request.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const purpose =
    request.usage === 'server'
      ? x509.ExtendedKeyUsage.serverAuth
      : x509.ExtendedKeyUsage.clientAuth;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: issuer.subjectName,
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + request.days * DAY_MS),
    signingAlgorithm: SIGNATURE,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.keyPem),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([purpose]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: await keyPemOf(keys.privateKey) };
}

/** newSigningKey makes the ECDSA key that signs service account tokens, PKCS #8 PEM. */
export async function newSigningKey(): Promise<string> {
  return keyPemOf((await generateKeys()).privateKey);
}

/**
 * needsRenewal is true in the last third of a certificate's life, and when a name is missing.
 * Throws on malformed input.
 */
export function needsRenewal(
  certPem: string,
  wanted: Pick<LeafRequest, 'dnsNames' | 'ipAddresses'>,
  now: Date,
): boolean {
  const certificate = new X509Certificate(certPem);
  const end = Date.parse(certificate.validTo);
  const life = end - Date.parse(certificate.validFrom);
  if (end - now.getTime() < life / 3) return true;
  const names = (certificate.subjectAltName ?? '').split(', ');
  const missesDns = (wanted.dnsNames ?? []).some((name) => !names.includes(`DNS:${name}`));
  const missesIp = (wanted.ipAddresses ?? []).some((name) => !certificate.checkIP(name));
  return missesDns || missesIp;
}
