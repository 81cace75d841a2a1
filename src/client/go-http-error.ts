import { getServers } from 'node:dns';
import { isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import { errors } from 'undici';
import { jsonSyntaxError } from '../machinery/json-syntax-error.ts';
import { isJsonObject, type JsonObject, jsonTypeOf } from '../machinery/json-value.ts';

/** GoAnswer is what a server answered: code, body and content type. */
export interface GoAnswer {
  readonly code: number;
  readonly text: string;
  readonly contentType: string;
}

/** goStatusText is what client-go says of an answer that is a failure: of bodies it shows text only. */
export function goStatusText({ code, text, contentType }: GoAnswer): string {
  const own = statusMessage(text);
  if (own !== undefined) return own;
  switch (code) {
    case 400:
      return 'the server rejected our request for an unknown reason';
    case 401:
      return 'the server has asked for the client to provide credentials';
    case 403:
      return shownBody(text, contentType);
    case 404:
      return 'the server could not find the requested resource';
    case 429:
      return 'the server has received too many requests and has asked us to try again later';
    case 503:
      return 'the server is currently unable to handle the request';
    case 504:
      return 'the server was unable to return a response in the time allotted, but may still be processing the request';
    default:
      if (code < 500)
        return (
          'the server responded with the status code ' +
          `${code} but did not return more information`
        );
      return `an error on the server (${JSON.stringify(shownBody(text, contentType))}) has prevented the request from succeeding`;
  }
}

function shownBody(text: string, contentType: string): string {
  const isText = contentType === '' || contentType.startsWith('text/');
  return (isText && text.trim()) || 'unknown';
}

/** The message of a Status, where the webhook sent one. */
function statusMessage(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { kind, message } = value as { kind?: unknown; message?: unknown };
    return kind === 'Status' && typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

const CERTIFICATE_ERRORS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'x509: certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'x509: certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'x509: certificate signed by unknown authority',
  CERT_SIGNATURE_FAILURE: 'x509: certificate signed by unknown authority',
  CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'x509: certificate has expired or is not yet valid',
};

interface NodeError extends Error {
  readonly code?: string;
  readonly cert?: PeerCertificate;
  readonly address?: string;
  readonly port?: number;
  readonly host?: string;
  readonly hostname?: string;
}

/** Go names the server that did not know a name. */
function asked(): string {
  const [server] = getServers();
  return server === undefined ? '' : ` on ${server}:53`;
}

/** Why a certificate is not that of a host. */
function nameReason(host: string, { subject, subjectaltname = '' }: Partial<PeerCertificate>) {
  const { CN = '' } = subject ?? {};
  if (subjectaltname === '' && [CN].flat().includes(host)) {
    return 'certificate relies on legacy Common Name field, use SANs instead';
  }
  const names = subjectaltname.split(', ').map((one) => one.split(':'));
  const isAddress = isIP(host) !== 0;
  const wanted = isAddress ? 'IP Address' : 'DNS';
  const valid = names.flatMap(([kind, ...rest]) => (kind === wanted ? [rest.join(':')] : []));
  if (isAddress && valid.length === 0) {
    return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  }
  return valid.length === 0
    ? `certificate is not valid for any names, but wanted to match ${host}`
    : `certificate is valid for ${valid.join(', ')}, not ${host}`;
}

/** goReason words why there was no answer as Go's HTTP client does. */
export function goReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error instanceof errors.ConnectTimeoutError)
    return 'context deadline exceeded';
  const { code = '', address = '', port = 0, host = '', hostname = '', cert } = error as NodeError;
  const certificate = CERTIFICATE_ERRORS[code];
  if (certificate !== undefined) return `tls: failed to verify certificate: ${certificate}`;
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `tls: failed to verify certificate: x509: ${nameReason(host, cert ?? {})}`;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return 'http: server gave HTTP response to HTTPS client';
    case 'ECONNREFUSED':
      return `dial tcp ${address}:${port}: connect: connection refused`;
    case 'ENOTFOUND':
      return `dial tcp: lookup ${hostname}${asked()}: no such host`;
    case 'EHOSTUNREACH':
      return `dial tcp ${address}:${port}: connect: no route to host`;
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'EOF';
    default:
      return error.message;
  }
}

const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** goKindProblem is what Go's decoder says of what is no object, and so has no kind. */
export function goKindProblem(value: unknown): string {
  return `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type ${TYPE_META}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // What does not begin as an object is taken for YAML: one long text.
    if (!text.trimStart().startsWith('{')) return text;
    const wrong = jsonSyntaxError(text);
    throw new Error(`couldn't get version/kind; json parse error: ${wrong}`, { cause: error });
  }
}

/** goObject decodes an answer that must be an object, or null; throws an Error in Go's words. */
export function goObject(text: string): JsonObject {
  const value = parsed(text);
  if (value === null) return {};
  if (isJsonObject(value)) return value;
  throw new Error(goKindProblem(value));
}
