/** Address is an IP address: 32 or 128 bits as a number. */
export interface Address {
  readonly bits: bigint;
  readonly width: 32 | 128;
}

/** AddressRange is a range of a CIDR; the address keeps the bits after the prefix. */
export interface AddressRange {
  readonly address: Address;
  readonly prefix: number;
}

function parse4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let bits = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bits = bits * 256n + BigInt(part);
  }
  return bits;
}

function groups(text: string): bigint[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const values: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && index === parts.length - 1) {
      const tail = parse4(part);
      if (tail === undefined) return undefined;
      values.push(tail >> 16n, tail & 0xffffn);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) values.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return values;
}

function parse6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '');
  const tail = halves.length === 2 ? groups(halves[1] ?? '') : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array<bigint>(halves.length === 2 ? missing : 0).fill(0n), ...tail];
  return all.reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** isMapped tells whether an address is an IPv4 address written as IPv6. */
export function isMapped({ bits, width }: Address): boolean {
  return width === 128 && bits >> 32n === 0xffffn;
}

/** parseAddress reads an address without a zone; undefined when it is none. */
export function parseAddress(text: string): Address | undefined {
  const four = parse4(text);
  if (four !== undefined) return { bits: four, width: 32 };
  const six = text.includes(':') ? parse6(text) : undefined;
  return six === undefined ? undefined : { bits: six, width: 128 };
}

/** parseRange reads a CIDR; undefined when it is none. */
export function parseRange(text: string): AddressRange | undefined {
  const [, host = '', length = ''] = /^([^/]*)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const address = parseAddress(host);
  if (!address || Number(length) > address.width) return undefined;
  return { address, prefix: Number(length) };
}

/** maskAddress clears the bits after the prefix. */
export function maskAddress({ address: { bits, width }, prefix }: AddressRange): Address {
  const shift = BigInt(width - prefix);
  return { bits: (bits >> shift) << shift, width };
}

/** rangeHas tells whether an address is in a range; families are never in one another. */
export function rangeHas(range: AddressRange, address: Address): boolean {
  if (range.address.width !== address.width) return false;
  return maskAddress({ address, prefix: range.prefix }).bits === maskAddress(range).bits;
}

function format6(bits: bigint): string {
  const parts = Array.from({ length: 8 }, (_, index) =>
    Number((bits >> BigInt(112 - index * 16)) & 0xffffn).toString(16),
  );
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (parts[at + length] === '0') length++;
    if (length > best.length) best = { at, length };
  }
  if (best.at < 0) return parts.join(':');
  return `${parts.slice(0, best.at).join(':')}::${parts.slice(best.at + best.length).join(':')}`;
}

/** formatAddress writes an address in its canonical form. */
export function formatAddress(address: Address): string {
  const { bits, width } = address;
  if (width === 32) return [24n, 16n, 8n, 0n].map((by) => (bits >> by) & 255n).join('.');
  if (isMapped(address)) return `::ffff:${formatAddress({ bits: bits & 0xffffffffn, width: 32 })}`;
  return format6(bits);
}
