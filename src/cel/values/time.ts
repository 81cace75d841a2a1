import { CelError } from './errors.ts';

const SECOND = 1_000_000_000n;
const MIN_SECONDS = -62135596800n;
const MAX_SECONDS = 253402300799n;

/** Duration is a span of time in nanoseconds. */
export class Duration {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    if (nanos > 2n ** 63n - 1n || nanos < -(2n ** 63n)) throw new CelError('integer overflow');
    this.nanos = nanos;
  }

  /** parse reads a Go duration such as `1h30m`; undefined when it is none. */
  static parse(text: string): Duration | undefined {
    const [, sign = '', body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
    if (body === '0') return new Duration(0n);
    if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
    let total = 0n;
    for (const [, number = '', unit = ''] of body.matchAll(
      /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g,
    ))
      total += scaled(number, UNITS[unit] ?? 1n);
    if (total > 2n ** 63n - 1n) return undefined;
    return new Duration(sign === '-' ? -total : total);
  }

  /** toString writes seconds, as CEL does: `5400s`. */
  toString(): string {
    const positive = this.nanos < 0n ? -this.nanos : this.nanos;
    const fraction = (positive % SECOND).toString().padStart(9, '0').replace(/0+$/, '');
    const sign = this.nanos < 0n ? '-' : '';
    return `${sign}${positive / SECOND}${fraction && `.${fraction}`}s`;
  }
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};

function scaled(number: string, unit: bigint): bigint {
  const [whole = '', fraction = ''] = number.split('.');
  const digits = fraction.slice(0, 18);
  return (
    BigInt(whole || '0') * unit + (BigInt(digits || '0') * unit) / 10n ** BigInt(digits.length)
  );
}

/** Timestamp is a moment, in nanoseconds since 1970. */
export class Timestamp {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    const seconds = nanos / SECOND;
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) throw new CelError('timestamp overflow');
    this.nanos = nanos;
  }

  /** parse reads RFC 3339, with or (a date) without time; undefined when it is none. */
  static parse(text: string): Timestamp | undefined {
    const found =
      /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text) ??
      /^(\d{4}-\d\d-\d\d)()()()$/.exec(text);
    if (!found) return undefined;
    const [, day = '', time, fraction, zone] = found;
    const ms = Date.parse(`${day}T${time || '00:00:00'}${zone || 'Z'}`);
    if (Number.isNaN(ms) || !isRealDay(day)) return undefined;
    const nanos = BigInt((fraction || '').slice(0, 9).padEnd(9, '0'));
    return new Timestamp(BigInt(ms) * 1_000_000n + nanos);
  }

  /** inZone answers the parts of the moment in a zone: UTC, an offset or an IANA name. */
  inZone(zone: string): Date {
    const ms = Number(this.nanos / 1_000_000n) - (this.nanos % 1_000_000n < 0n ? 1 : 0);
    return new Date(ms + offsetMs(zone, ms));
  }

  /** toString writes RFC 3339 in UTC with as many decimals as needed. */
  toString(): string {
    const whole = this.nanos / SECOND - (this.nanos % SECOND < 0n ? 1n : 0n);
    const rest = this.nanos - whole * SECOND;
    const text = new Date(Number(whole) * 1000).toISOString().slice(0, 19);
    const fraction = rest.toString().padStart(9, '0').replace(/0+$/, '');
    return `${text}${fraction && `.${fraction}`}Z`;
  }
}

function isRealDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

function offsetMs(zone: string, ms: number): number {
  if (zone === '' || zone === 'UTC' || zone === 'Z') return 0;
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (fixed) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    return (fixed[1] === '-' ? -1 : 1) * minutes * 60_000;
  }
  return namedOffsetMs(zone, ms);
}

function namedOffsetMs(zone: string, ms: number): number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    throw new CelError(`unknown time zone ${zone}`, { cause: error });
  }
  const parts = Object.fromEntries(
    format.formatToParts(new Date(ms)).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}
