import { type Trust, trustIn } from './trust.ts';
/** Impersonation asks the server to act as somebody else (`oc --as`). */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** HttpTransportOptions say where a server is, whom it should trust and whom it trusts. */
export interface HttpTransportOptions {
  /** Such as `https://127.0.0.1:8443`; a path prefix is kept. */
  readonly server: string;
  readonly caPem?: string;
  readonly certPem?: string;
  readonly keyPem?: string;
  /** A bearer token, or a function that is asked before every request. */
  readonly token?: string | (() => Promise<string>);
  readonly basic?: { readonly username: string; readonly password: string };
  readonly insecureSkipTlsVerify?: boolean;
  /** The name that the server's certificate must carry, where it is not the host's. */
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
  readonly impersonate?: Impersonation;
  readonly userAgent?: string;
  /** How long an answer may take to begin; 0 or absent: for ever. */
  readonly timeoutMs?: number;
  /** Is told the texts of `Warning` headers. */
  readonly onWarning?: (text: string) => void;
}

/** requestHeaders are the headers that every request to the server carries. */
export async function requestHeaders(
  options: HttpTransportOptions,
): Promise<Record<string, string | string[]>> {
  const headers: Record<string, string | string[]> = {
    'user-agent': options.userAgent ?? 'sampan',
  };
  const { token, basic, impersonate } = options;
  const bearer = typeof token === 'function' ? await token() : token;
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  else if (basic) {
    const pair = Buffer.from(`${basic.username}:${basic.password}`).toString('base64');
    headers.authorization = `Basic ${pair}`;
  }
  if (impersonate) Object.assign(headers, impersonationHeaders(impersonate));
  return headers;
}

function impersonationHeaders(who: Impersonation): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { 'impersonate-user': who.user };
  if (who.uid) headers['impersonate-uid'] = who.uid;
  if (who.groups?.length) headers['impersonate-group'] = [...who.groups];
  for (const [key, values] of Object.entries(who.extra ?? {})) {
    headers[`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`] = [...values];
  }
  return headers;
}

/** tlsOptions are the options of Node's TLS for connections to the server. */
export function tlsOptions(options: HttpTransportOptions): Trust & {
  cert?: string;
  key?: string;
  rejectUnauthorized?: boolean;
  servername?: string;
} {
  return {
    ...trustIn(options.caPem),
    ...(options.certPem ? { cert: options.certPem } : {}),
    ...(options.keyPem ? { key: options.keyPem } : {}),
    ...(options.insecureSkipTlsVerify ? { rejectUnauthorized: false } : {}),
    ...(options.tlsServerName ? { servername: options.tlsServerName } : {}),
  };
}
