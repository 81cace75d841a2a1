import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import {
  type CertificateRequest,
  CertificateRequestError,
  parseCertificateRequest,
} from '../../../apis/certificates.k8s.io/v1/certificate-request.ts';

/** HASHES are the digests of the signature algorithms; undefined: the algorithm has its own. */
const HASHES: Readonly<Record<string, string | undefined>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.3.101.112': undefined,
};

/** RSA begins the identifiers of its signature algorithms. */
const RSA = '1.2.840.113549.1.1.';

function isSigned(request: CertificateRequest): boolean {
  const { publicKey, signature, signed, signatureAlgorithm } = request;
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return verify(HASHES[signatureAlgorithm], signed, key, signature);
}

/** requestProblem says what is wrong with `spec.request`, its signature included; empty: nothing. */
export function requestProblem(text: string): string {
  try {
    const request = parseCertificateRequest(text);
    if (!(request.signatureAlgorithm in HASHES))
      return 'x509: cannot verify signature: algorithm unimplemented';
    if (isSigned(request)) return '';
    const isRsa = request.signatureAlgorithm.startsWith(RSA);
    return isRsa ? 'crypto/rsa: verification error' : 'x509: ECDSA verification failure';
  } catch (error) {
    if (error instanceof CertificateRequestError) return error.message;
    return 'x509: malformed certificate request';
  }
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g;

/** certificateProblem says what is wrong with `status.certificate`; empty: nothing. */
export function certificateProblem(base64: string): string {
  const blocks = [...Buffer.from(base64, 'base64').toString('latin1').matchAll(BLOCK)];
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block';
  for (const [pem, type = ''] of blocks) {
    if (type !== 'CERTIFICATE')
      return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`;
    try {
      new X509Certificate(pem);
    } catch {
      return 'x509: malformed certificate';
    }
  }
  return '';
}
