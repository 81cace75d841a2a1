import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import {
  formatAddress,
  formatNetwork,
  networkOf,
  parseAddress,
  parsePrefix,
} from '../../../machinery/ip-prefix.ts';

const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

const quoted = (text: string) => JSON.stringify(text);

/** legacyAddressErrors checks an address in a field that is older than strict rules for addresses. */
export function legacyAddressErrors(path: string, value: string): FieldError[] {
  return parseAddress(value) === undefined ? [invalid(path, value, IP_TEXT)] : [];
}

/** strictAddressTexts says what is wrong with an address that must be in canonical form. */
export function strictAddressTexts(value: string): string[] {
  const address = parseAddress(value);
  if (address === undefined) return [IP_TEXT];
  const texts: string[] = [];
  if (address.hasLeadingZeros) texts.push('must not have leading 0s');
  if (address.isMapped) texts.push('must not be an IPv4-mapped IPv6 address');
  if (texts.length > 0) return texts;
  const canonical = formatAddress(address);
  return value === canonical ? [] : [`must be in canonical form (${quoted(canonical)})`];
}

/** addressWarnings says which form of an address in a legacy field is preferred. */
export function addressWarnings(path: string, value: string): string[] {
  const address = parseAddress(value);
  if (address === undefined) return [];
  const canonical = formatAddress(address);
  if (address.hasLeadingZeros || address.isMapped) {
    return [
      `${path}: non-standard IP address ${quoted(value)} will be considered invalid in a future Kubernetes release: use ${quoted(canonical)}`,
    ];
  }
  if (value === canonical) return [];
  return [
    `${path}: IPv6 address ${quoted(value)} should be in RFC 5952 canonical format (${quoted(canonical)})`,
  ];
}

/** legacyCidrErrors checks a range in a field that is older than strict rules for ranges. */
export function legacyCidrErrors(path: string, value: string): FieldError[] {
  return parsePrefix(value) === undefined ? [invalid(path, value, CIDR_TEXT)] : [];
}

/** strictCidrErrors checks a range that must be in canonical form. */
export function strictCidrErrors(path: string, value: string): FieldError[] {
  const prefix = parsePrefix(value);
  if (prefix === undefined) return [invalid(path, value, CIDR_TEXT)];
  const { address, hasLeadingZeros } = prefix;
  const problem = (text: string) => [invalid(path, value, text)];
  if (hasLeadingZeros || address.hasLeadingZeros)
    return problem('must not have leading 0s in IP or prefix length');
  if (address.isMapped) return problem('must not have an IPv4-mapped IPv6 address');
  if (networkOf(prefix).value !== address.value)
    return problem('must not have bits set beyond the prefix length');
  const canonical = formatNetwork(prefix);
  return value === canonical ? [] : problem(`must be in canonical form (${quoted(canonical)})`);
}

/** cidrWarnings says which form of a range in a legacy field is preferred. */
export function cidrWarnings(path: string, value: string): string[] {
  const prefix = parsePrefix(value);
  if (prefix === undefined) return [];
  const { address } = prefix;
  const canonical = formatNetwork(prefix);
  const warnings: string[] = [];
  if (networkOf(prefix).value !== address.value) {
    const single = `${formatAddress(address)}/${address.family === 4 ? 32 : 128}`;
    warnings.push(
      `${path}: CIDR value ${quoted(value)} is ambiguous in this context (should be ${quoted(canonical)} or ${quoted(single)}?)`,
    );
  }
  if (prefix.hasLeadingZeros || address.hasLeadingZeros || address.isMapped) {
    warnings.push(
      `${path}: non-standard CIDR value ${quoted(value)} will be considered invalid in a future Kubernetes release: use ${quoted(canonical)}`,
    );
  }
  if (warnings.length === 0 && address.family === 6 && canonical !== value) {
    warnings.push(
      `${path}: IPv6 CIDR value ${quoted(value)} should be in RFC 5952 canonical format (${quoted(canonical)})`,
    );
  }
  return warnings;
}
