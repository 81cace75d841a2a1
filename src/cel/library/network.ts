import { BOOL, type CelType, INT, opaqueType, STRING } from '../types/type.ts';
import { CelError } from '../values/errors.ts';
import { asKind, asString } from '../values/kinds.ts';
import { Opaque, type Value } from '../values/value.ts';
import {
  type Address,
  type AddressRange,
  formatAddress,
  isMapped,
  maskAddress,
  parseAddress,
  parseRange,
  rangeHas,
} from './address.ts';
import { fn, method, type Overload } from './overload.ts';

const IP_TYPE = opaqueType('net.IP');
const CIDR_TYPE = opaqueType('net.CIDR');

class IpValue extends Opaque {
  override readonly type = IP_TYPE;
  readonly address: Address;

  constructor(address: Address) {
    super();
    this.address = address;
  }

  override equals(other: Opaque): boolean {
    if (!(other instanceof IpValue)) return false;
    return this.address.bits === other.address.bits && this.address.width === other.address.width;
  }
}

class CidrValue extends Opaque {
  override readonly type = CIDR_TYPE;
  readonly range: AddressRange;

  constructor(range: AddressRange) {
    super();
    this.range = range;
  }

  override equals(other: Opaque): boolean {
    return other instanceof CidrValue && this.toString() === other.toString();
  }

  override toString(): string {
    return `${formatAddress(this.range.address)}/${this.range.prefix}`;
  }
}

function ipProblem(text: string): string {
  const zone = /^([0-9a-fA-F:.]+)%./.exec(text);
  if (zone && parseAddress(zone[1] ?? ''))
    return `IP address ${JSON.stringify(text)} with zone value is not allowed`;
  return `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): ${parseProblem(text)}`;
}

function parseProblem(text: string): string {
  if (!/[.:%]/.test(text)) return 'unable to parse IP';
  const four = text.split('.');
  if (!text.includes(':') && four.length < 4) return 'IPv4 address too short';
  if (!text.includes(':') && four.length > 4) return 'IPv4 address too long';
  if (!text.includes(':') && four.some((part) => Number(part) > 255))
    return 'IPv4 field has value >255';
  return text.includes(':') ? 'address string too short' : 'unexpected character';
}

function readIp(text: string): Address {
  const address = parseAddress(text);
  if (!address) throw new CelError(ipProblem(text));
  if (isMapped(address))
    throw new CelError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
  return address;
}

function readCidr(text: string): AddressRange {
  const range = parseRange(text);
  if (!range)
    throw new CelError(
      `network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): ${cidrProblem(text)}`,
    );
  if (isMapped(range.address))
    throw new CelError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
  return range;
}

function cidrProblem(text: string): string {
  if (!text.includes('/')) return `no '/'`;
  const [host = '', length = ''] = text.split('/');
  if (!parseAddress(host)) return `ParseAddr(${JSON.stringify(host)}): ${parseProblem(host)}`;
  return /^\d+$/.test(length) && !/^0\d/.test(length)
    ? 'prefix length out of range'
    : `bad bits after slash: ${JSON.stringify(length)}`;
}

function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
}

type Arg = Value | undefined;
const ipOf = (value: Arg): Address => asKind(IpValue, value).address;
const rangeOf = (value: Arg): AddressRange => asKind(CidrValue, value).range;

interface Classes {
  readonly isUnspecified: (address: Address) => boolean;
  readonly isLoopback: (address: Address) => boolean;
  readonly isLinkLocalMulticast: (address: Address) => boolean;
  readonly isLinkLocalUnicast: (address: Address) => boolean;
}

function isInAny(...ranges: string[]): (address: Address) => boolean {
  const parsed = ranges.map(readCidr);
  return (address) => parsed.some((range) => rangeHas(range, address));
}

const CLASSES: Classes = {
  isUnspecified: ({ bits }) => bits === 0n,
  isLoopback: isInAny('127.0.0.0/8', '::1/128'),
  isLinkLocalMulticast: isInAny('224.0.0.0/24', 'ff02::/16', 'ff12::/16', 'ff22::/16', 'ff32::/16'),
  isLinkLocalUnicast: isInAny('169.254.0.0/16', 'fe80::/10'),
};
const isMulticast = isInAny('224.0.0.0/4', 'ff00::/8');

function isGlobalUnicast(address: Address): boolean {
  const { isUnspecified, isLoopback, isLinkLocalUnicast } = CLASSES;
  const isBroadcast = address.width === 32 && address.bits === 0xffffffffn;
  return (
    ![isUnspecified, isLoopback, isLinkLocalUnicast, isMulticast].some((is) => is(address)) &&
    !isBroadcast
  );
}

function classTest(name: string, id: string, test: (address: Address) => boolean): Overload {
  return method(name, id, { args: [IP_TYPE], result: BOOL, run: (ip) => test(ipOf(ip)) });
}

const addresses: readonly Overload[] = [
  fn('ip', 'string_to_ip', {
    args: [STRING],
    result: IP_TYPE,
    run: (text) => new IpValue(readIp(asString(text))),
  }),
  method('family', 'ip_family', {
    args: [IP_TYPE],
    result: INT,
    run: (ip) => (ipOf(ip).width === 32 ? 4n : 6n),
  }),
  fn('ip.isCanonical', 'ip_is_canonical', {
    args: [STRING],
    result: BOOL,
    run: (text) => formatAddress(readIp(asString(text))) === asString(text),
  }),
  classTest('isUnspecified', 'ip_is_unspecified', CLASSES.isUnspecified),
  classTest('isLoopback', 'ip_is_loopback', CLASSES.isLoopback),
  classTest('isLinkLocalMulticast', 'ip_is_link_local_multicast', CLASSES.isLinkLocalMulticast),
  classTest('isLinkLocalUnicast', 'ip_is_link_local_unicast', CLASSES.isLinkLocalUnicast),
  classTest('isGlobalUnicast', 'ip_is_global_unicast', isGlobalUnicast),
  fn('isIP', 'is_ip', {
    args: [STRING],
    result: BOOL,
    run: (text) => succeeds(() => readIp(asString(text))),
  }),
  fn('string', 'ip_to_string', {
    args: [IP_TYPE],
    result: STRING,
    run: (ip) => formatAddress(ipOf(ip)),
  }),
];

function containsCidr(outer: AddressRange, inner: AddressRange): boolean {
  return outer.prefix <= inner.prefix && rangeHas(outer, maskAddress(inner));
}

const ranges: readonly Overload[] = [
  fn('cidr', 'string_to_cidr', {
    args: [STRING],
    result: CIDR_TYPE,
    run: (text) => new CidrValue(readCidr(asString(text))),
  }),
  ...containing('containsIP', 'cidr_contains_ip', IP_TYPE, (range, value) =>
    rangeHas(range, typeof value === 'string' ? readIp(value) : ipOf(value)),
  ),
  ...containing('containsCIDR', 'cidr_contains_cidr', CIDR_TYPE, (range, value) =>
    containsCidr(range, typeof value === 'string' ? readCidr(value) : rangeOf(value)),
  ),
  method('ip', 'cidr_ip', {
    args: [CIDR_TYPE],
    result: IP_TYPE,
    run: (cidr) => new IpValue(rangeOf(cidr).address),
  }),
  method('prefixLength', 'cidr_prefix_length', {
    args: [CIDR_TYPE],
    result: INT,
    run: (cidr) => BigInt(rangeOf(cidr).prefix),
  }),
  method('masked', 'cidr_masked', {
    args: [CIDR_TYPE],
    result: CIDR_TYPE,
    run: (cidr) =>
      new CidrValue({ address: maskAddress(rangeOf(cidr)), prefix: rangeOf(cidr).prefix }),
  }),
  fn('isCIDR', 'is_cidr', {
    args: [STRING],
    result: BOOL,
    run: (text) => succeeds(() => readCidr(asString(text))),
  }),
  fn('string', 'cidr_to_string', {
    args: [CIDR_TYPE],
    result: STRING,
    run: (cidr) => asKind(CidrValue, cidr).toString(),
  }),
];

function containing(
  name: string,
  id: string,
  type: CelType,
  test: (range: AddressRange, value: Arg) => boolean,
): Overload[] {
  const run = (cidr: Arg, value: Arg) => test(rangeOf(cidr), value);
  const own = type === IP_TYPE ? `${id}_ip` : id;
  return [
    method(name, `${id}_string`, { args: [CIDR_TYPE, STRING], result: BOOL, run }),
    method(name, own, { args: [CIDR_TYPE, type], result: BOOL, run }),
  ];
}

/** NETWORK are the functions of IP addresses and ranges, and the types that expressions may name. */
export const NETWORK = { overloads: [...addresses, ...ranges], types: [IP_TYPE, CIDR_TYPE] };
