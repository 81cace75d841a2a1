import { readFile } from 'node:fs/promises';
import type { AuthenticatorOptions } from '../../apiserver/access/authenticator.ts';
import { CertificateTrust } from '../../apiserver/access/client-certificate.ts';
import { FRONT_PROXY, type Pki } from '../../apiserver/access/pki.ts';
import {
  newRequestHeaderCheck,
  REQUEST_HEADERS,
  type RequestHeaderOptions,
} from '../../apiserver/access/request-header.ts';
import { ISSUER } from '../../apiserver/access/service-account-tokens.ts';
import { parseTokenFile } from '../../apiserver/access/token-file.ts';
import { forApiOnly, type TokenCheck } from '../../apiserver/access/token-outcome.ts';
import { type ApiFlags, listFlag } from '../platform/api-flags.ts';
import { type LoginParts, readLogins } from './authentication.ts';
import { booleanFlag } from './typed-flags.ts';

/** Credentials are the ways to log in that do not need the API itself. */
export interface Credentials {
  readonly authenticators: Pick<AuthenticatorOptions, 'clients' | 'requestHeader' | 'anonymous'>;
  readonly tokens: readonly TokenCheck[];
  /** Those of tokens that others sign or know; asked last. */
  readonly foreignTokens: readonly TokenCheck[];
  /** True when bootstrap tokens log in. */
  readonly bootstrapTokens: boolean;
  /** All authorities of client certificates, for the TLS server. */
  readonly clientCaPem: string;
  /** What aggregated API servers must know to trust this one. */
  readonly requestHeader: RequestHeaderOptions;
  close(): Promise<void>;
}

async function requestHeaderOptions(pki: Pki, flags: ApiFlags): Promise<RequestHeaderOptions> {
  const file = flags['--requestheader-client-ca-file'];
  const own = pki.frontProxy.authority.certPem;
  const foreign = file === undefined ? '' : await readFile(file, 'utf8');
  return {
    caPem: `${own}${foreign}`,
    allowedNames: listFlag(flags['--requestheader-allowed-names'], [FRONT_PROXY]),
    usernameHeaders: listFlag(
      flags['--requestheader-username-headers'],
      REQUEST_HEADERS.usernameHeaders,
    ),
    uidHeaders: listFlag(flags['--requestheader-uid-headers'], REQUEST_HEADERS.uidHeaders),
    groupHeaders: listFlag(flags['--requestheader-group-headers'], REQUEST_HEADERS.groupHeaders),
    extraHeaderPrefixes: listFlag(
      flags['--requestheader-extra-headers-prefix'],
      REQUEST_HEADERS.extraHeaderPrefixes,
    ),
  };
}

/** readCredentials reads the files that the flags name. Throws when one cannot be read, or is wrong. */
export async function readCredentials(
  pki: Pki,
  flags: ApiFlags,
  parts: LoginParts,
): Promise<Credentials> {
  const requestHeader = await requestHeaderOptions(pki, flags);
  const path = flags['--token-auth-file'];
  const users = path === undefined ? new Map() : parseTokenFile(path, await readFile(path, 'utf8'));
  const { certPem } = pki.authority;
  const logins = await readLogins(flags, parts);
  return {
    authenticators: {
      clients: new CertificateTrust(certPem),
      requestHeader: newRequestHeaderCheck(requestHeader),
      anonymous: logins.anonymous,
    },
    tokens: users.size === 0 ? [] : [forApiOnly(ISSUER, async (token) => users.get(token))],
    foreignTokens: logins.tokens,
    bootstrapTokens: booleanFlag(flags, '--enable-bootstrap-token-auth') ?? false,
    clientCaPem: `${certPem}${requestHeader.caPem}`,
    requestHeader,
    close: () => logins.close(),
  };
}
