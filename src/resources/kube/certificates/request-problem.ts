import { constants, createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import {
  type CertificateRequest,
  CertificateRequestError,
  parseCertificateRequest,
} from '../../../apis/certificates.k8s.io/v1/certificate-request.ts';

/** DIGESTS are the digests of the signature algorithms; undefined: the algorithm has its own. */
const DIGESTS: Readonly<Record<string, string | undefined>> = {
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.3.101.112': undefined,
};

/** PSS_DIGESTS are the digests that RSASSA-PSS is taken with. */
const PSS_DIGESTS: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** RSA begins the identifiers of its signature algorithms; two of them stand for themselves. */
const RSA = '1.2.840.113549.1.1.';
const RSA_PSS = `${RSA}10`;
const MD5_WITH_RSA = `${RSA}4`;
const MIN_RSA_BITS = 1024;
const CURVES = new Set(['secp224r1', 'prime256v1', 'secp384r1', 'secp521r1']);

function isSigned(request: CertificateRequest, key: KeyObject): boolean {
  const { signature, signed, signatureAlgorithm, pssDigest } = request;
  if (signatureAlgorithm !== RSA_PSS)
    return verify(DIGESTS[signatureAlgorithm], signed, key, signature);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return verify(PSS_DIGESTS[pssDigest], signed, { key, padding, saltLength }, signature);
}

function isKnown({ signatureAlgorithm, pssDigest }: CertificateRequest): boolean {
  return signatureAlgorithm in DIGESTS || pssDigest in PSS_DIGESTS;
}

/** keyProblem says why a key is not one that signs; empty: it may be. */
function keyProblem({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const { namedCurve = '', modulusLength = MIN_RSA_BITS } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType === 'ec' && !CURVES.has(namedCurve))
    return 'x509: unsupported elliptic curve';
  return modulusLength < MIN_RSA_BITS
    ? `crypto/rsa: ${modulusLength}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)`
    : '';
}

function signatureProblem(request: CertificateRequest): string {
  const { publicKey, signatureAlgorithm } = request;
  if (signatureAlgorithm === MD5_WITH_RSA)
    return 'x509: cannot verify signature: insecure algorithm MD5-RSA';
  if (!isKnown(request)) return 'x509: cannot verify signature: algorithm unimplemented';
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  const weakness = keyProblem(key);
  if (weakness !== '') return weakness;
  if (isSigned(request, key)) return '';
  const isRsa = signatureAlgorithm.startsWith(RSA);
  return isRsa ? 'crypto/rsa: verification error' : 'x509: ECDSA verification failure';
}

/** requestProblem says what is wrong with `spec.request`, its signature included; empty: nothing. */
export function requestProblem(text: string): string {
  try {
    return signatureProblem(parseCertificateRequest(text));
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
