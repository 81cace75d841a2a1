import type { RequestFacts } from '../contracts.ts';
import type { UserInfo } from '../resource-definition.ts';
import { CertificateTrust, commonNameOf } from './client-certificate.ts';
import { headerValues } from './header-values.ts';

/** RequestHeaderOptions says which proxies may name the user, and in which headers (any case). */
export interface RequestHeaderOptions {
  /** The authorities of the proxies' client certificates. */
  readonly caPem: string;
  /** The common names that a proxy may have; empty: any. */
  readonly allowedNames: readonly string[];
  readonly usernameHeaders: readonly string[];
  readonly uidHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraHeaderPrefixes: readonly string[];
}

/** REQUEST_HEADERS are the header names by which aggregated API servers are told the user. */
export const REQUEST_HEADERS = {
  usernameHeaders: ['X-Remote-User'],
  uidHeaders: ['X-Remote-Uid'],
  groupHeaders: ['X-Remote-Group'],
  extraHeaderPrefixes: ['X-Remote-Extra-'],
} as const;

/** RequestHeaderCheck: a user, no such credentials (undefined), or credentials that are wrong. */
export type RequestHeaderCheck = (facts: RequestFacts, now: Date) => UserInfo | undefined | 'wrong';

const lower = (names: readonly string[]) => names.map((one) => one.trim().toLowerCase());

function decodedKey(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function extraOf(headers: RequestFacts['headers'], prefixes: readonly string[]) {
  const extra: Record<string, string[]> = {};
  for (const prefix of prefixes) {
    for (const name of Object.keys(headers)) {
      if (!name.startsWith(prefix)) continue;
      const key = decodedKey(name.slice(prefix.length));
      extra[key] = [...(extra[key] ?? []), ...headerValues(headers, name)];
    }
  }
  return extra;
}

/**
 * newRequestHeaderCheck lets a proxy that shows a client certificate of its own authority say for
 * whom it asks (kube-apiserver's `--requestheader-*`).
 */
export function newRequestHeaderCheck(options: RequestHeaderOptions): RequestHeaderCheck {
  const trust = new CertificateTrust(options.caPem);
  const names = lower(options.usernameHeaders);
  const uids = lower(options.uidHeaders);
  const groups = lower(options.groupHeaders);
  const prefixes = lower(options.extraHeaderPrefixes);
  const first = (headers: RequestFacts['headers'], from: readonly string[]) =>
    from.flatMap((name) => headerValues(headers, name).slice(0, 1)).find((one) => one !== '') ?? '';
  return ({ headers, peerCertificate }, now) => {
    if (!peerCertificate || !trust.trusts(peerCertificate, now)) return undefined;
    const { allowedNames } = options;
    if (allowedNames.length > 0 && !allowedNames.includes(commonNameOf(peerCertificate)))
      return 'wrong';
    const name = first(headers, names);
    if (name === '') return undefined;
    const uid = first(headers, uids);
    const extra = extraOf(headers, prefixes);
    return {
      name,
      ...(uid !== '' && { uid }),
      groups: groups.flatMap((one) => headerValues(headers, one)).filter((one) => one !== ''),
      ...(Object.keys(extra).length > 0 && { extra }),
    };
  };
}
