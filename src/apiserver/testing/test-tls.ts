import {
  issueCertificate,
  type KeyPair,
  newCertificateAuthority,
} from '../access/certificate-authority.ts';

/** TestTls is the certificate of a server on the loopback interface, and the authority that made it. */
export interface TestTls extends KeyPair {
  readonly authority: KeyPair;
}

/** newTestTls makes one for 127.0.0.1 and more names; it is valid for a day. */
export async function newTestTls(
  commonName: string,
  dnsNames: readonly string[] = [],
): Promise<TestTls> {
  const now = new Date();
  const authority = await newCertificateAuthority(`${commonName}-authority`, 1, now);
  const names = { commonName, dnsNames, ipAddresses: ['127.0.0.1'] };
  const leaf = await issueCertificate(authority, { ...names, usage: 'server', days: 1 }, now);
  return { ...leaf, authority };
}
