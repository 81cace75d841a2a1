import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  INT,
  listOf,
  optionalOf,
  STRING,
  TIMESTAMP,
  typeParam,
  UINT,
} from '../types/type.ts';
import { compare, equal } from '../values/equality.ts';
import { CelError, noOverload } from '../values/errors.ts';
import { asList } from '../values/kinds.ts';
import { Duration } from '../values/time.ts';
import { type CelList, Optional, Uint, type Value } from '../values/value.ts';
import { checkedInt, checkedUint } from './operators.ts';
import { fn, method, type Overload } from './overload.ts';

const T = typeParam('T');
const LIST = listOf(T);

const COMPARABLE: readonly (readonly [string, CelType])[] = [
  ['int', INT],
  ['uint', UINT],
  ['double', DOUBLE],
  ['bool', BOOL],
  ['duration', DURATION],
  ['timestamp', TIMESTAMP],
  ['string', STRING],
  ['bytes', BYTES],
];

function ordered(left: Value, right: Value): number {
  const order = compare(left, right);
  if (order === undefined) throw noOverload();
  return order;
}

function isSorted(list: CelList): boolean {
  const items = list.toArray();
  return items.every((item, index) => index === 0 || ordered(items[index - 1] ?? null, item) <= 0);
}

function extreme(name: string, list: CelList, wins: (order: number) => boolean): Value {
  const [first, ...rest] = list.toArray();
  if (first === undefined) throw new CelError(`${name} called on empty list`);
  return rest.reduce((best: Value, one) => (wins(ordered(one, best)) ? one : best), first);
}

function add(left: Value, right: Value): Value {
  if (typeof left === 'bigint' && typeof right === 'bigint') return checkedInt(left + right);
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (left instanceof Uint && right instanceof Uint) return checkedUint(left.value + right.value);
  if (left instanceof Duration && right instanceof Duration)
    return new Duration(left.nanos + right.nanos);
  throw noOverload();
}

const SUMMABLE: readonly (readonly [string, CelType, Value])[] = [
  ['int', INT, 0n],
  ['uint', UINT, new Uint(0n)],
  ['double', DOUBLE, 0],
  ['duration', DURATION, new Duration(0n)],
];

/** What Kubernetes adds to lists. */
const kubernetes: readonly Overload[] = [
  ...COMPARABLE.flatMap(([name, type]) => [
    method('isSorted', `list_${name}_is_sorted_bool`, {
      args: [listOf(type)],
      result: BOOL,
      run: (list) => isSorted(asList(list)),
    }),
    method('max', `list_${name}_max_${name}`, {
      args: [listOf(type)],
      result: type,
      run: (list) => extreme('max', asList(list), (order) => order > 0),
    }),
    method('min', `list_${name}_min_${name}`, {
      args: [listOf(type)],
      result: type,
      run: (list) => extreme('min', asList(list), (order) => order < 0),
    }),
  ]),
  ...SUMMABLE.map(([name, type, zero]) =>
    method('sum', `list_${name}_sum_${name}`, {
      args: [listOf(type)],
      result: type,
      run: (list) => asList(list).toArray().reduce(add, zero),
    }),
  ),
  method('indexOf', 'list_a_index_of_int', {
    args: [LIST, T],
    result: INT,
    run: (list, wanted = null) =>
      BigInt(
        asList(list)
          .toArray()
          .findIndex((one) => equal(one, wanted)),
      ),
  }),
  method('lastIndexOf', 'list_a_last_index_of_int', {
    args: [LIST, T],
    result: INT,
    run: (list, wanted = null) =>
      BigInt(
        asList(list)
          .toArray()
          .findLastIndex((one) => equal(one, wanted)),
      ),
  }),
];

function optionalAt(list: CelList, index: number): Optional {
  return list.size === 0 ? Optional.none : new Optional(list.at(index));
}

const ends: readonly Overload[] = [
  method('first', 'list_first', {
    args: [LIST],
    result: optionalOf(T),
    run: (list) => optionalAt(asList(list), 0),
  }),
  method('last', 'list_last', {
    args: [LIST],
    result: optionalOf(T),
    run: (list) => optionalAt(asList(list), asList(list).size - 1),
  }),
];

function contains(list: CelList, wanted: CelList): boolean {
  return wanted.toArray().every((one) => list.toArray().some((other) => equal(one, other)));
}

function setFunction(name: string, run: (left: CelList, right: CelList) => boolean): Overload {
  return fn(`sets.${name}`, `list_sets_${name}_list`, {
    args: [LIST, LIST],
    result: BOOL,
    run: (left, right) => run(asList(left), asList(right)),
  });
}

const sets: readonly Overload[] = [
  setFunction('contains', contains),
  setFunction('equivalent', (left, right) => contains(left, right) && contains(right, left)),
  setFunction('intersects', (left, right) =>
    left.toArray().some((one) => right.toArray().some((other) => equal(one, other))),
  ),
];

/** LISTS are the functions of lists and of lists as sets. */
export const LISTS: readonly Overload[] = [...kubernetes, ...ends, ...sets];
