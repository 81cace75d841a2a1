import { parseIPv4 } from '../machinery/ip-address.ts';

/** Cidr is an IPv4 network as numbers. */
export interface Cidr {
  /** The network address as an unsigned 32-bit number. */
  readonly base: number;
  readonly prefixLength: number;
  /** How many addresses it has, network and broadcast address included. */
  readonly size: number;
}

/** parseCidr reads `10.128.0.0/23`. Throws a TypeError that names the text when it is no network. */
export function parseCidr(text: string): Cidr {
  const [address = '', length = ''] = text.split('/');
  const base = parseIPv4(address);
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
