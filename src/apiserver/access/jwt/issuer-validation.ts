import { X509Certificate } from 'node:crypto';
import { duplicate, type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { childPath, indexPath } from '../../../machinery/field-path.ts';
import type { JwtIssuer } from '../config/authentication-configuration.ts';

function parsedUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function urlErrors(text: string, path: string, disallowed: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (detail: string) => errors.push(invalid(path, text, detail));
  if (disallowed.includes(text)) {
    refuse(`URL must not overlap with disallowed issuers: [${[...disallowed].sort().join(' ')}]`);
  }
  const url = parsedUrl(text);
  if (url?.protocol !== 'https:') refuse('URL scheme must be https');
  if (!url) return errors;
  if (url.username || url.password) refuse('URL must not contain a username or password');
  if (url.search !== '') refuse('URL must not contain a query');
  if (url.hash !== '') refuse('URL must not contain a fragment');
  return errors;
}

const bare = (url: string) => url.replace(/\/+$/, '');

function discoveryErrors({ url = '', discoveryURL = '' }: JwtIssuer, path: string): FieldError[] {
  if (discoveryURL === '') return [];
  const isSame = url !== '' && bare(url) === bare(discoveryURL);
  return [
    ...(isSame ? [invalid(path, discoveryURL, 'discoveryURL must be different from URL')] : []),
    ...urlErrors(discoveryURL, path, []),
  ];
}

function audienceErrors(
  { audiences = [], audienceMatchPolicy: policy = '' }: JwtIssuer,
  path: string,
): FieldError[] {
  const place = childPath(path, 'audiences');
  if (audiences.length === 0) {
    return [required(place, `at least one ${place} is required`)];
  }
  const errors = audiences.flatMap((audience, index) => {
    const at = indexPath(place, index);
    return [
      ...(audience === '' ? [required(at)] : []),
      ...(audiences.indexOf(audience) < index ? [duplicate(at, audience)] : []),
    ];
  });
  const at = childPath(path, 'audienceMatchPolicy');
  if (audiences.length > 1 && policy !== 'MatchAny') {
    const text = 'audienceMatchPolicy must be MatchAny for multiple audiences';
    errors.push(invalid(at, policy, text));
  }
  if (audiences.length === 1 && policy !== '' && policy !== 'MatchAny') {
    const text = 'audienceMatchPolicy must be empty or MatchAny for single audience';
    errors.push(invalid(at, policy, text));
  }
  return errors;
}

function authorityErrors(pem: string, path: string): FieldError[] {
  if (pem === '') return [];
  try {
    new X509Certificate(pem);
    return [];
  } catch {
    const text = 'data does not contain any valid RSA or ECDSA certificates';
    return [invalid(path, '<omitted>', text)];
  }
}

/** issuerErrors checks where tokens come from and for whom they are. */
export function issuerErrors(
  issuer: JwtIssuer,
  path: string,
  disallowed: readonly string[],
): FieldError[] {
  const { url = '', certificateAuthority = '', egressSelectorType: egress = '' } = issuer;
  const urlPath = childPath(path, 'url');
  const errors = url === '' ? [required(urlPath)] : urlErrors(url, urlPath, disallowed);
  errors.push(
    ...discoveryErrors(issuer, childPath(path, 'discoveryURL')),
    ...audienceErrors(issuer, path),
    ...authorityErrors(certificateAuthority, childPath(path, 'certificateAuthority')),
  );
  if (egress !== '') {
    const text = 'egress selectors are not supported: connections are made directly';
    errors.push(invalid(childPath(path, 'egressSelectorType'), egress, text));
  }
  return errors;
}
