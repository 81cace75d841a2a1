import {
  DER_TAGS,
  DerError,
  type DerValue,
  oidText,
  readDer,
  readDerList,
} from '../../../machinery/der.ts';

/** CertificateRequest is what a PKCS #10 request asks for. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly uris: readonly string[];
  /** DER of the parts that a signature is about. */
  readonly signed: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
  /** The object identifier of the algorithm of the signature. */
  readonly signatureAlgorithm: string;
  /** The object identifier of the digest that RSASSA-PSS signs; empty for other algorithms. */
  readonly pssDigest: string;
}

/** CertificateRequestError: a text is no certificate request; messages as of Go's crypto/x509. */
export class CertificateRequestError extends Error {
  override readonly name = 'CertificateRequestError';
}

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----\s*([A-Za-z0-9+/=\s]+?)-----END \1-----/;
const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const SUBJECT_ALT_NAME = '2.5.29.17';
const ATTRIBUTES = 0xa0;
const PSS_DIGEST = 0xa0;
const NAME_TAGS = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const;

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const children = (value: DerValue | undefined) => (value ? readDerList(value.content) : []);

function fromBase64(source: string): Uint8Array {
  return Uint8Array.from(atob(source.replace(/\s+/g, '')), (char) => char.charCodeAt(0));
}

/** pemOfRequest decodes `spec.request`: base64 of PEM. */
function pemOfRequest(request: string): Uint8Array {
  const found = PEM.exec(text(fromBase64(request)));
  if (found?.[1] !== 'CERTIFICATE REQUEST')
    throw new CertificateRequestError('PEM block type must be CERTIFICATE REQUEST');
  return fromBase64(found[2] ?? '');
}

function subjectValues(name: DerValue | undefined, type: string): string[] {
  return children(name)
    .flatMap((set) => children(set))
    .map((attribute) => children(attribute))
    .filter(([oid]) => oid !== undefined && oidText(oid) === type)
    .map(([, value]) => text(value?.content ?? new Uint8Array()));
}

function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: bytes.length / 2 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  return groups.join(':');
}

/** alternativeNames are the values of the extension subjectAltName that the request asks for. */
function alternativeNames(attributes: DerValue | undefined): DerValue[] {
  const extensions = children(attributes)
    .map((attribute) => children(attribute))
    .filter(([oid]) => oid !== undefined && oidText(oid) === EXTENSION_REQUEST)
    .flatMap(([, set]) => children(children(set)[0]));
  const names = extensions
    .map((extension) => children(extension))
    .find(([oid]) => oid !== undefined && oidText(oid) === SUBJECT_ALT_NAME)
    ?.find((one) => one.tag === DER_TAGS.octetString);
  return names ? children(readDer(names.content)) : [];
}

/** pssDigestOf reads `[0] hashAlgorithm` of the parameters of RSASSA-PSS. */
function pssDigestOf(algorithm: DerValue | undefined): string {
  const [, parameters] = children(algorithm);
  if (parameters?.tag !== DER_TAGS.sequence) return '';
  const digest = children(parameters).find(({ tag }) => tag === PSS_DIGEST);
  const [oid] = children(children(digest)[0]);
  return oid ? oidText(oid) : '';
}

function parse(der: Uint8Array): CertificateRequest {
  const [info, algorithm, signature] = children(readDer(der));
  const [, subject, publicKey, ...rest] = children(info);
  const [algorithmId] = children(algorithm);
  if (!info || !publicKey || !algorithmId || !signature)
    throw new CertificateRequestError('x509: malformed certificate request');
  const names = alternativeNames(rest.find((one) => one.tag === ATTRIBUTES));
  const namesOf = (tag: number) => names.filter((one) => one.tag === tag);
  return {
    commonName: subjectValues(subject, COMMON_NAME).at(-1) ?? '',
    organizations: subjectValues(subject, ORGANIZATION),
    dnsNames: namesOf(NAME_TAGS.dns).map((one) => text(one.content)),
    ipAddresses: namesOf(NAME_TAGS.ip).map((one) => ipText(one.content)),
    emailAddresses: namesOf(NAME_TAGS.email).map((one) => text(one.content)),
    uris: namesOf(NAME_TAGS.uri).map((one) => text(one.content)),
    signed: info.whole,
    publicKey: publicKey.whole,
    signature: signature.content.subarray(1),
    signatureAlgorithm: oidText(algorithmId),
    pssDigest: pssDigestOf(algorithm),
  };
}

/** parseCertificateRequest reads `spec.request`. Throws a CertificateRequestError. */
export function parseCertificateRequest(request: string): CertificateRequest {
  const der = pemOfRequest(request);
  try {
    return parse(der);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new CertificateRequestError(`asn1: syntax error: ${error.message}`, { cause: error });
  }
}
