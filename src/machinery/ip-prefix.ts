/**
 * Addresses and prefixes as Go's net.ParseIP once read them ("sloppy": octets of IPv4 addresses
 * may begin with zeros), with what today's stricter rules hold against them.
 */

/** ParsedAddress is an address as a number; an IPv4-mapped IPv6 address counts as IPv4. */
export interface ParsedAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
  /** True for `010.1.2.3`. */
  readonly hasLeadingZeros: boolean;
  /** True for `::ffff:1.2.3.4`. */
  readonly isMapped: boolean;
}

/** ParsedPrefix is `address/bits`; bits count from the left of the address as it was written. */
export interface ParsedPrefix {
  readonly address: ParsedAddress;
  readonly bits: number;
  /** True for `10.0.0.0/08`. */
  readonly hasLeadingZeros: boolean;
}

const MAPPED = 0xffffn;

function parseQuad(text: string): { value: bigint; zeros: boolean } | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((one) => /^\d+$/.test(one) && Number(one) <= 255))
    return undefined;
  const value = parts.reduce((sum, one) => sum * 256n + BigInt(one), 0n);
  return { value, zeros: parts.some((one) => one.length > 1 && one.startsWith('0')) };
}

function parseGroups(text: string): bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && index === parts.length - 1) {
      const quad = parseQuad(part);
      if (quad === undefined || quad.zeros) return undefined;
      groups.push(quad.value >> 16n, quad.value & 0xffffn);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(parseGroups);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const rest = tail ?? [];
  const missing = 8 - head.length - rest.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<bigint>(missing).fill(0n), ...rest];
  return groups.reduce((sum, one) => (sum << 16n) + one, 0n);
}

/** parseAddress reads an address; undefined when it is none. */
export function parseAddress(text: string): ParsedAddress | undefined {
  if (!text.includes(':')) {
    const quad = parseQuad(text);
    return quad && { family: 4, value: quad.value, hasLeadingZeros: quad.zeros, isMapped: false };
  }
  const value = parseV6(text);
  if (value === undefined) return undefined;
  const isMapped = value >> 32n === MAPPED;
  return {
    family: isMapped ? 4 : 6,
    value: isMapped ? value & 0xffffffffn : value,
    hasLeadingZeros: false,
    isMapped,
  };
}

/** familyOf answers the family of an address that is known to be well-formed. */
export function familyOf(address: string): 'IPv4' | 'IPv6' {
  return parseAddress(address)?.family === 6 ? 'IPv6' : 'IPv4';
}

/** The longest run of zero groups, of two or more: what `::` stands for. */
function zeroRun(groups: readonly bigint[]): { from: number; length: number } {
  let best = { from: -1, length: 1 };
  for (let from = 0; from < groups.length; from += 1) {
    let length = 0;
    while (groups[from + length] === 0n) length += 1;
    if (length > best.length) best = { from, length };
  }
  return best;
}

/** formatAddress prints an address canonically (RFC 5952). */
export function formatAddress({ family, value }: Pick<ParsedAddress, 'family' | 'value'>): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from(
    { length: 8 },
    (_, index) => (value >> BigInt(16 * (7 - index))) & 0xffffn,
  );
  const hex = (list: readonly bigint[]) => list.map((one) => one.toString(16)).join(':');
  const { from, length } = zeroRun(groups);
  if (from < 0) return hex(groups);
  return `${hex(groups.slice(0, from))}::${hex(groups.slice(from + length))}`;
}

/** parsePrefix reads `address/bits`; undefined when it is none. */
export function parsePrefix(text: string): ParsedPrefix | undefined {
  const [, before = '', digits = ''] = /^([^/]*)\/(\d+)$/.exec(text) ?? [];
  const address = parseAddress(before);
  const width = before.includes(':') ? 128 : 32;
  if (address === undefined || digits === '' || Number(digits) > width) return undefined;
  const hasLeadingZeros = digits.length > 1 && digits.startsWith('0');
  return { address, bits: Number(digits), hasLeadingZeros };
}

function hostBits({ address, bits }: ParsedPrefix): bigint {
  const width = address.family === 4 && !address.isMapped ? 32 : 128;
  const mask = (1n << BigInt(width - bits)) - 1n;
  return address.family === 4 ? mask & 0xffffffffn : mask;
}

/** networkOf is the first address of a prefix. */
export function networkOf(prefix: ParsedPrefix): Pick<ParsedAddress, 'family' | 'value'> {
  const { family, value } = prefix.address;
  return { family, value: value - (value & hostBits(prefix)) };
}

/** formatNetwork prints a prefix canonically, without bits after its length. */
export function formatNetwork(prefix: ParsedPrefix): string {
  const shorter = prefix.address.isMapped ? Math.max(0, prefix.bits - 96) : prefix.bits;
  return `${formatAddress(networkOf(prefix))}/${shorter}`;
}

/** contains tells whether an address is in a prefix. */
export function contains(
  prefix: ParsedPrefix,
  address: Pick<ParsedAddress, 'family' | 'value'>,
): boolean {
  if (prefix.address.family !== address.family) return false;
  return address.value - (address.value & hostBits(prefix)) === networkOf(prefix).value;
}
