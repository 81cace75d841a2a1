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
