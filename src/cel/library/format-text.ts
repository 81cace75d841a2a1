import { padExponent } from '../../machinery/go-number.ts';
import { CelError } from '../values/errors.ts';
import { typeNameOf } from '../values/kinds.ts';
import { Duration, Timestamp } from '../values/time.ts';
import { CelList, CelMap, TypeValue, Uint, type Value } from '../values/value.ts';

const CLAUSE = /%(%|(?:\.(\d+))?([a-zA-Z]))|%/g;
const DEFAULT_PRECISION = 6;

/** formatText fills `%s`, `%d`, `%f`, `%e`, `%b`, `%x`, `%X` and `%o` in, as cel-go's `format`. */
export function formatText(template: string, args: readonly Value[]): string {
  let next = 0;
  const text = template.replaceAll(CLAUSE, (clause, whole, precision, verb) => {
    if (clause === '%%') return '%';
    if (whole === undefined) throw new CelError('unexpected end of string');
    if (next >= args.length) throw new CelError(`index ${next} out of range`);
    const digits = precision === undefined ? DEFAULT_PRECISION : Number(precision);
    try {
      return formatOne(verb, args[next++] ?? null, digits);
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      throw new CelError(`error during formatting: ${error.message}`, { cause: error });
    }
  });
  if (next < args.length)
    throw new CelError(
      `too many arguments supplied to string.format (expected ${next}, got ${args.length})`,
    );
  return text;
}

function formatOne(verb: string, value: Value, digits: number): string {
  switch (verb) {
    case 's':
      return textOf(value);
    case 'd':
      return integer(value, 'decimal clause can only be used on integers', 10);
    case 'f':
      return double(value, 'fixed-point', (number) => number.toFixed(digits));
    case 'e':
      return double(value, 'scientific', (number) => scientific(number, digits));
    case 'b':
      return typeof value === 'boolean'
        ? String(Number(value))
        : integer(value, 'only integers and bools can be formatted as binary', 2);
    case 'o':
      return integer(value, 'octal clause can only be used on integers', 8);
    case 'x':
      return hex(value);
    case 'X':
      return hex(value).toUpperCase();
    default:
      throw new CelError(
        `could not parse formatting clause: unrecognized formatting clause "${verb}"`,
      );
  }
}

function wrong(rule: string, value: Value): CelError {
  return new CelError(`${rule}, was given ${typeNameOf(value)}`);
}

function integer(value: Value, rule: string, radix: number): string {
  if (typeof value === 'bigint') return value.toString(radix);
  if (value instanceof Uint) return value.value.toString(radix);
  if (typeof value === 'number' && !Number.isFinite(value) && radix === 10) return special(value);
  throw wrong(rule, value);
}

function special(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '∞' : '-∞';
}

function double(value: Value, clause: string, write: (number: number) => string): string {
  if (typeof value !== 'number') throw wrong(`${clause} clause can only be used on doubles`, value);
  return Number.isFinite(value) ? write(value) : special(value);
}

function scientific(number: number, digits: number): string {
  const [mantissa = '', exponent = '0'] = number.toExponential(digits).split('e');
  return `${mantissa}e${padExponent(Number(exponent))}`;
}

function hex(value: Value): string {
  if (typeof value === 'bigint') return value.toString(16);
  if (value instanceof Uint) return value.value.toString(16);
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  throw wrong('only integers, byte buffers, and strings can be formatted as hex', value);
}

function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : special(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof CelList) return `[${value.toArray().map(nested).join(', ')}]`;
  if (value instanceof CelMap) return mapText(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (value instanceof Timestamp || value instanceof Duration) return value.toString();
  if (value instanceof TypeValue) return value.name;
  throw wrong(
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    value,
  );
}

function nested(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Timestamp) return `timestamp(${value})`;
  if (value instanceof Duration) return `duration("${value}")`;
  if (typeof value === 'number') return value.toFixed(DEFAULT_PRECISION);
  return textOf(value);
}

function mapText(map: CelMap): string {
  const entries = map
    .keys()
    .map((key): [string, string] => [nested(key), nested(map.find(key) ?? null)]);
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, value]) => `${key}: ${value}`).join(', ')}}`;
}
