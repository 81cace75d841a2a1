/** Cidr is an IPv4 network as numbers. */
export interface Cidr {
  /** The network address as an unsigned 32-bit number. */
  readonly base: number;
  readonly prefixLength: number;
  /** How many addresses it has, network and broadcast address included. */
  readonly size: number;
}

/** parseIpv4 is the unsigned number of a dotted address, or undefined when it is none. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

/** formatIpv4 is the dotted form of an unsigned number. */
export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** parseCidr reads `10.128.0.0/23`. Throws a TypeError that names the text when it is no network. */
export function parseCidr(text: string): Cidr {
  const [address = '', length = ''] = text.split('/');
  const base = parseIpv4(address);
  const prefixLength = /^\d{1,2}$/.test(length) ? Number(length) : Number.NaN;
  if (base === undefined || !(prefixLength <= 32)) {
    throw new TypeError(`${JSON.stringify(text)} is not an IPv4 network such as 10.128.0.0/23`);
  }
  const size = 2 ** (32 - prefixLength);
  if (base % size !== 0) {
    throw new TypeError(`${JSON.stringify(text)} has host bits set`);
  }
  return { base, prefixLength, size };
}

/** cidrContains tells whether an address lies in a network. */
export function cidrContains(cidr: Cidr, address: number): boolean {
  return address >= cidr.base && address < cidr.base + cidr.size;
}
