import { goNumber } from '../../machinery/go-number.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  TIMESTAMP,
  typeOfType,
  typeParam,
  UINT,
} from '../types/type.ts';
import { CelError } from '../values/errors.ts';
import { asInt, asKind, asList, asMap, asString, typeNameOf } from '../values/kinds.ts';
import { Duration, Timestamp } from '../values/time.ts';
import { TypeValue, Uint, type Value } from '../values/value.ts';
import { checkedInt, checkedUint } from './operators.ts';
import { fn, method, type Overload } from './overload.ts';

const A = typeParam('A');
const B = typeParam('B');
const SECOND = 1_000_000_000n;

function conversionError(from: string, to: CelType): CelError {
  return new CelError(`type conversion error from '${from}' to '${to.name}'`);
}

type Convert = (value: Value) => Value;

function conversion(id: string, from: CelType, to: CelType, convert: Convert): Overload {
  const name = to === DURATION ? 'duration' : to === TIMESTAMP ? 'timestamp' : to.name;
  return fn(name, id, { args: [from], result: to, run: (value = null) => convert(value) });
}

function textTo(to: CelType, id: string, read: (text: string) => Value | undefined): Overload {
  return conversion(id, STRING, to, (value) => {
    const found = read(asString(value));
    if (found === undefined) throw conversionError('string', to);
    return found;
  });
}

function readInteger(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return value === BigInt.asIntN(64, value) ? value : undefined;
}

function readUnsigned(text: string): Uint | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const value = BigInt(text);
  return value === BigInt.asUintN(64, value) ? new Uint(value) : undefined;
}

function readDouble(text: string): number | undefined {
  if (/^[+-]?(?:inf|infinity)$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

const BOOLS: Readonly<Record<string, boolean>> = {
  1: true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  0: false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
};

function wholeOf(value: number, limit: bigint, least: bigint, message: string): bigint {
  const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : limit + 1n;
  if (whole > limit || whole < least) throw new CelError(message);
  return whole;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string', { cause: error });
  }
}

const same: Convert = (value) => value;
const secondsOf = (time: bigint) => time / SECOND - (time % SECOND < 0n ? 1n : 0n);

/** lengthOf is the count of code points of a text. */
export function lengthOf(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit < 0xdc00) count--;
  }
  return count;
}

function sizes(kind: string, type: CelType, measure: (value: Value) => number): Overload[] {
  const run = (value: Value = null) => BigInt(measure(value));
  return [
    fn('size', `size_${kind}`, { args: [type], result: INT, run }),
    method('size', `${kind}_size`, { args: [type], result: INT, run }),
  ];
}

const toInt: readonly Overload[] = [
  conversion('int64_to_int64', INT, INT, same),
  conversion('double_to_int64', DOUBLE, INT, (value) =>
    wholeOf(Number(value), 2n ** 63n - 1n, -(2n ** 63n), 'integer overflow'),
  ),
  conversion('duration_to_int64', DURATION, INT, (value) => asKind(Duration, value).nanos),
  textTo(INT, 'string_to_int64', readInteger),
  conversion('timestamp_to_int64', TIMESTAMP, INT, (value) =>
    secondsOf(asKind(Timestamp, value).nanos),
  ),
  conversion('uint64_to_int64', UINT, INT, (value) => checkedInt(asKind(Uint, value).value)),
];

const toUint: readonly Overload[] = [
  conversion('uint64_to_uint64', UINT, UINT, same),
  conversion(
    'double_to_uint64',
    DOUBLE,
    UINT,
    (value) => new Uint(wholeOf(Number(value), 2n ** 64n - 1n, 0n, 'unsigned integer overflow')),
  ),
  conversion('int64_to_uint64', INT, UINT, (value) => checkedUint(asInt(value))),
  textTo(UINT, 'string_to_uint64', readUnsigned),
];

const toDouble: readonly Overload[] = [
  conversion('double_to_double', DOUBLE, DOUBLE, same),
  conversion('int64_to_double', INT, DOUBLE, (value) => Number(asInt(value))),
  textTo(DOUBLE, 'string_to_double', readDouble),
  conversion('uint64_to_double', UINT, DOUBLE, (value) => Number(asKind(Uint, value).value)),
];

const toText: readonly Overload[] = [
  conversion('string_to_string', STRING, STRING, same),
  conversion('bool_to_string', BOOL, STRING, (value) => String(value)),
  conversion('bytes_to_string', BYTES, STRING, (value) => decodeUtf8(asKind(Uint8Array, value))),
  conversion('double_to_string', DOUBLE, STRING, (value) => goNumber(Number(value))),
  conversion('duration_to_string', DURATION, STRING, (value) => asKind(Duration, value).toString()),
  conversion('int64_to_string', INT, STRING, (value) => String(value)),
  conversion('timestamp_to_string', TIMESTAMP, STRING, (value) =>
    asKind(Timestamp, value).toString(),
  ),
  conversion('uint64_to_string', UINT, STRING, (value) => String(asKind(Uint, value).value)),
];

const toTime: readonly Overload[] = [
  conversion('duration_to_duration', DURATION, DURATION, same),
  conversion('int64_to_duration', INT, DURATION, (value) => new Duration(asInt(value))),
  textTo(DURATION, 'string_to_duration', (text) => Duration.parse(text)),
  conversion('timestamp_to_timestamp', TIMESTAMP, TIMESTAMP, same),
  conversion('int64_to_timestamp', INT, TIMESTAMP, (value) => new Timestamp(asInt(value) * SECOND)),
  textTo(TIMESTAMP, 'string_to_timestamp', (text) =>
    text.includes('T') ? Timestamp.parse(text) : undefined,
  ),
];

/** CONVERSIONS are the functions that make a value of another type, and `size`. */
export const CONVERSIONS: readonly Overload[] = [
  ...sizes('bytes', BYTES, (value) => asKind(Uint8Array, value).length),
  ...sizes('list', listOf(A), (value) => asList(value).size),
  ...sizes('map', mapOf(A, B), (value) => asMap(value).size),
  ...sizes('string', STRING, (value) => lengthOf(asString(value))),
  fn('type', 'type', {
    args: [A],
    result: typeOfType(A),
    run: (value = null) => new TypeValue(typeNameOf(value)),
  }),
  fn('dyn', 'to_dyn', { args: [A], result: DYN, run: (value = null) => value }),
  conversion('bool_to_bool', BOOL, BOOL, same),
  textTo(BOOL, 'string_to_bool', (text) => BOOLS[text]),
  conversion('bytes_to_bytes', BYTES, BYTES, same),
  conversion('string_to_bytes', STRING, BYTES, (value) =>
    new TextEncoder().encode(asString(value)),
  ),
  ...toInt,
  ...toUint,
  ...toDouble,
  ...toText,
  ...toTime,
];
