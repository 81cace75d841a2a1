import {
  importKey,
  type KeyPair,
  loadX509,
  SIGNATURE,
  serialNumber,
} from './certificate-authority.ts';

const BACKDATE_MS = 5 * 60 * 1000;

/** KEY_USAGES are the usages of a CertificateSigningRequest that are bits of the key usage. */
const KEY_USAGES = {
  signing: 'digitalSignature',
  'digital signature': 'digitalSignature',
  'content commitment': 'nonRepudiation',
  'key encipherment': 'keyEncipherment',
  'key agreement': 'keyAgreement',
  'data encipherment': 'dataEncipherment',
  'cert sign': 'keyCertSign',
  'crl sign': 'cRLSign',
  'encipher only': 'encipherOnly',
  'decipher only': 'decipherOnly',
} as const;

/** PURPOSES are those that are extended key usages, by object identifier. */
const PURPOSES: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

/** SignRequestOptions says what a certificate is for and how long it is good. */
export interface SignRequestOptions {
  readonly usages: readonly string[];
  readonly seconds: number;
  readonly now: Date;
}

type X509 = Awaited<ReturnType<typeof loadX509>>;

function keyUsage(x509: X509, usages: readonly string[]): number {
  const bits = usages.map((usage) => {
    const name = KEY_USAGES[usage as keyof typeof KEY_USAGES];
    return name === undefined ? 0 : x509.KeyUsageFlags[name];
  });
  return bits.reduce((all, bit) => all | bit, 0);
}

/**
 * signRequest signs a PKCS #10 request (PEM): subject, key and alternative names are the request's,
 * usages and duration what the caller allows. The certificate never outlives its authority. Answers
 * PEM.
 */
export async function signRequest(
  authority: KeyPair,
  requestPem: string,
  { usages, seconds, now }: SignRequestOptions,
): Promise<string> {
  const x509 = await loadX509();
  const issuer = new x509.X509Certificate(authority.certPem);
  const request = new x509.Pkcs10CertificateRequest(requestPem);
  const names = request.getExtension('2.5.29.17');
  const bits = keyUsage(x509, usages);
  const purposes = [...new Set(usages.flatMap((usage) => PURPOSES[usage] ?? []))];
  const end = Math.min(now.getTime() + seconds * 1000, issuer.notAfter.getTime());
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: request.subjectName,
    issuer: issuer.subjectName,
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(end),
    signingAlgorithm: SIGNATURE,
    publicKey: request.publicKey,
    signingKey: await importKey(authority.keyPem),
    extensions: [
      ...(bits === 0 ? [] : [new x509.KeyUsagesExtension(bits, true)]),
      ...(purposes.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(purposes)]),
      new x509.BasicConstraintsExtension(false, undefined, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(names ? [names] : []),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}
