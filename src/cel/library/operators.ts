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
  optionalOf,
  STRING,
  TIMESTAMP,
  typeParam,
  UINT,
} from '../types/type.ts';
import { EntryMap } from '../values/collections.ts';
import { compare, equal } from '../values/equality.ts';
import { CelError, noOverload } from '../values/errors.ts';
import { asBool, asInt, asKind, asList, asMap, asString } from '../values/kinds.ts';
import { Duration, Timestamp } from '../values/time.ts';
import { type CelList, type CelMap, Uint, type Value } from '../values/value.ts';
import { fn, type Overload } from './overload.ts';

const A = typeParam('A');
const B = typeParam('B');
const LIST_A = listOf(A);
const MAP_AB = mapOf(A, B);
const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
const MAX_UINT = 2n ** 64n - 1n;

/** checkedInt answers an int, or throws where it does not fit in 64 bits. */
export function checkedInt(value: bigint): bigint {
  if (value > MAX_INT || value < MIN_INT) throw new CelError('integer overflow');
  return value;
}

/** checkedUint answers a uint, or throws where it does not fit. */
export function checkedUint(value: bigint): Uint {
  if (value > MAX_UINT || value < 0n) throw new CelError('unsigned integer overflow');
  return new Uint(value);
}

type Test = (order: number) => boolean;

const ORDERED: readonly (readonly [string, CelType])[] = [
  ['int64', INT],
  ['uint64', UINT],
  ['double', DOUBLE],
];

function comparisons(name: string, word: string, test: Test): Overload[] {
  const run = (left: Value = null, right: Value = null): boolean => {
    const order = compare(left, right);
    if (order === undefined) throw noOverload();
    return test(order);
  };
  const form = (id: string, left: CelType, right: CelType) =>
    fn(name, `${word}_${id}`, { args: [left, right], result: BOOL, run });
  const numbers = ORDERED.flatMap(([left, leftType]) =>
    ORDERED.map(([right, rightType]) =>
      form(left === right ? left : `${left}_${right}`, leftType, rightType),
    ),
  );
  return [
    form('bool', BOOL, BOOL),
    ...numbers,
    form('string', STRING, STRING),
    form('bytes', BYTES, BYTES),
    form('timestamp', TIMESTAMP, TIMESTAMP),
    form('duration', DURATION, DURATION),
  ];
}

type Numeric = readonly [
  int: (left: bigint, right: bigint) => bigint,
  double: ((left: number, right: number) => number) | undefined,
];

function divisor(value: bigint, word: string): bigint {
  if (value === 0n) throw new CelError(`${word} by zero`);
  return value;
}

function arithmetic(name: string, word: string, [whole, broken]: Numeric): Overload[] {
  const ints = fn(name, `${word}_int64`, {
    args: [INT, INT],
    result: INT,
    run: (left, right) => checkedInt(whole(asInt(left), asInt(right))),
  });
  const uints = fn(name, `${word}_uint64`, {
    args: [UINT, UINT],
    result: UINT,
    run: (left, right) => checkedUint(whole(asKind(Uint, left).value, asKind(Uint, right).value)),
  });
  if (!broken) return [ints, uints];
  const doubles = fn(name, `${word}_double`, {
    args: [DOUBLE, DOUBLE],
    result: DOUBLE,
    run: (left, right) => broken(Number(left), Number(right)),
  });
  return [ints, uints, doubles];
}

const concatenations: readonly Overload[] = [
  fn('_+_', 'add_string', {
    args: [STRING, STRING],
    result: STRING,
    run: (left, right) => asString(left) + asString(right),
  }),
  fn('_+_', 'add_bytes', {
    args: [BYTES, BYTES],
    result: BYTES,
    run: (left, right) =>
      new Uint8Array([...asKind(Uint8Array, left), ...asKind(Uint8Array, right)]),
  }),
  fn('_+_', 'add_list', {
    args: [LIST_A, LIST_A],
    result: LIST_A,
    run: (left, right) => asList(left).concat(asList(right)),
  }),
];

function nanos(value: Value | undefined): bigint {
  if (value instanceof Duration || value instanceof Timestamp) return value.nanos;
  throw noOverload();
}

const times: readonly Overload[] = [
  fn('_+_', 'add_duration_duration', {
    args: [DURATION, DURATION],
    result: DURATION,
    run: (left, right) => new Duration(nanos(left) + nanos(right)),
  }),
  fn('_+_', 'add_duration_timestamp', {
    args: [DURATION, TIMESTAMP],
    result: TIMESTAMP,
    run: (left, right) => new Timestamp(nanos(left) + nanos(right)),
  }),
  fn('_+_', 'add_timestamp_duration', {
    args: [TIMESTAMP, DURATION],
    result: TIMESTAMP,
    run: (left, right) => new Timestamp(nanos(left) + nanos(right)),
  }),
  fn('_-_', 'subtract_duration_duration', {
    args: [DURATION, DURATION],
    result: DURATION,
    run: (left, right) => new Duration(nanos(left) - nanos(right)),
  }),
  fn('_-_', 'subtract_timestamp_duration', {
    args: [TIMESTAMP, DURATION],
    result: TIMESTAMP,
    run: (left, right) => new Timestamp(nanos(left) - nanos(right)),
  }),
  fn('_-_', 'subtract_timestamp_timestamp', {
    args: [TIMESTAMP, TIMESTAMP],
    result: DURATION,
    run: (left, right) => new Duration(nanos(left) - nanos(right)),
  }),
];

/** `value in list`. */
function inList(value: Value, list: CelList): boolean {
  for (let index = 0; index < list.size; index++) if (equal(value, list.at(index))) return true;
  return false;
}

/** Evaluated apart from other functions; the overloads are for the checker. */
function special(name: string, id: string, args: readonly CelType[], result: CelType): Overload {
  return fn(name, id, {
    args,
    result,
    run: () => {
      throw noOverload();
    },
  });
}

const logic: readonly Overload[] = [
  special('_?_:_', 'conditional', [BOOL, A, A], A),
  special('_&&_', 'logical_and', [BOOL, BOOL], BOOL),
  special('_||_', 'logical_or', [BOOL, BOOL], BOOL),
  special('@not_strictly_false', 'not_strictly_false', [BOOL], BOOL),
  special('_[_]', 'index_list', [LIST_A, INT], A),
  special('_[_]', 'index_map', [MAP_AB, A], B),
  special('_[_]', 'optional_list_index_int', [optionalOf(LIST_A), INT], optionalOf(A)),
  special('_[_]', 'optional_map_index_value', [optionalOf(MAP_AB), A], optionalOf(B)),
  special('_[?_]', 'list_optindex_optional_int', [LIST_A, INT], optionalOf(A)),
  special('_[?_]', 'optional_list_optindex_optional_int', [optionalOf(LIST_A), INT], optionalOf(A)),
  special('_[?_]', 'map_optindex_optional_value', [MAP_AB, A], optionalOf(B)),
  special('_[?_]', 'optional_map_optindex_optional_value', [optionalOf(MAP_AB), A], optionalOf(B)),
  special('_?._', 'select_optional_field', [DYN, STRING], optionalOf(B)),
  fn('!_', 'logical_not', { args: [BOOL], result: BOOL, run: (value) => !asBool(value) }),
];

const equality: readonly Overload[] = [
  fn('_==_', 'equals', {
    args: [A, A],
    result: BOOL,
    run: (left = null, right = null) => equal(left, right),
  }),
  fn('_!=_', 'not_equals', {
    args: [A, A],
    result: BOOL,
    run: (left = null, right = null) => !equal(left, right),
  }),
  fn('@in', 'in_list', {
    args: [A, LIST_A],
    result: BOOL,
    run: (value = null, list) => inList(value, asList(list)),
  }),
  fn('@in', 'in_map', {
    args: [A, MAP_AB],
    result: BOOL,
    run: (key = null, map) => asMap(map).find(key) !== undefined,
  }),
];

function inserted(map: CelMap, entries: Iterable<readonly [Value, Value]>): CelMap {
  const result = new EntryMap(map.keys().map((key) => [key, map.find(key) ?? null]));
  for (const [key, value] of entries) result.insert(key, value);
  return result;
}

/** What the macros for maps call. */
const insertion: readonly Overload[] = [
  fn('cel.@mapInsert', '@mapInsert_map_key_value', {
    args: [MAP_AB, A, B],
    result: MAP_AB,
    run: (map, key = null, value = null) => inserted(asMap(map), [[key, value]]),
  }),
  fn('cel.@mapInsert', '@mapInsert_map_map', {
    args: [MAP_AB, MAP_AB],
    result: MAP_AB,
    run: (map, more) => {
      const added = asMap(more);
      return inserted(
        asMap(map),
        added.keys().map((key) => [key, added.find(key) ?? null]),
      );
    },
  }),
];

const negation: readonly Overload[] = [
  fn('-_', 'negate_int64', { args: [INT], result: INT, run: (value) => checkedInt(-asInt(value)) }),
  fn('-_', 'negate_double', { args: [DOUBLE], result: DOUBLE, run: (value) => -Number(value) }),
];

/** OPERATORS are the operators of the language. */
export const OPERATORS: readonly Overload[] = [
  ...logic,
  ...equality,
  ...insertion,
  ...arithmetic('_+_', 'add', [(left, right) => left + right, (left, right) => left + right]),
  ...concatenations,
  ...times,
  ...arithmetic('_-_', 'subtract', [(left, right) => left - right, (left, right) => left - right]),
  ...arithmetic('_*_', 'multiply', [(left, right) => left * right, (left, right) => left * right]),
  ...arithmetic('_/_', 'divide', [
    (left, right) => left / divisor(right, 'division'),
    (left, right) => left / right,
  ]),
  ...arithmetic('_%_', 'modulo', [(left, right) => left % divisor(right, 'modulus'), undefined]),
  ...negation,
  ...comparisons('_<_', 'less', (order) => order < 0),
  ...comparisons('_<=_', 'less_equals', (order) => order <= 0),
  ...comparisons('_>_', 'greater', (order) => order > 0),
  ...comparisons('_>=_', 'greater_equals', (order) => order >= 0),
];
