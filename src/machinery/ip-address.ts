/** parseIPv4 answers an IPv4 address as a number from 0 to 2^32-1; undefined when it is none. */
export function parseIPv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

/** formatIPv4 is the inverse of parseIPv4. */
export function formatIPv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** isIPv6 tells whether a text is an IPv6 address, with `::` and an IPv4 tail allowed. */
export function isIPv6(text: string): boolean {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail && parseIPv4(tail[2] ?? '') === undefined) return false;
  const plain = tail ? `${tail[1]}0:0` : text;
  if (!/^[0-9a-fA-F:]+$/.test(plain) || plain.includes(':::')) return false;
  const halves = plain.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

/** isIPAddress tells whether a text is an IPv4 or IPv6 address. */
export function isIPAddress(text: string): boolean {
  return parseIPv4(text) !== undefined || isIPv6(text);
}

/** IPv4Range is the range of a CIDR: `size` addresses from `first`. */
export interface IPv4Range {
  readonly first: number;
  readonly size: number;
}

/** parseIPv4Cidr reads a range such as `172.30.0.0/16`; undefined when it is none. */
export function parseIPv4Cidr(text: string): IPv4Range | undefined {
  const [, address = '', bits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const value = parseIPv4(address);
  if (value === undefined || Number(bits) > 32) return undefined;
  const size = 2 ** (32 - Number(bits));
  return { first: Math.floor(value / size) * size, size };
}
