import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  optionalOf,
  STRING,
  TIMESTAMP,
  typeParam,
  UINT,
} from '../types/type.ts';
import { compare, equal, keyOf } from '../values/equality.ts';
import { CelError, noOverload } from '../values/errors.ts';
import { asInt, asList } from '../values/kinds.ts';
import { Duration } from '../values/time.ts';
import { ArrayList, CelList, Optional, Uint, type Value } from '../values/value.ts';
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

function slice(list: CelList, start: bigint, end: bigint): CelList {
  const range = `cannot slice(${start}, ${end})`;
  if (start < 0n || end < 0n) throw new CelError(`${range}, negative indexes not supported`);
  if (start > end)
    throw new CelError(`${range}, start index must be less than or equal to end index`);
  if (end > BigInt(list.size)) throw new CelError(`${range}, list is length ${list.size}`);
  return new ArrayList(list.toArray().slice(Number(start), Number(end)));
}

function flatten(list: CelList, depth: bigint): Value[] {
  if (depth < 0n) throw new CelError('level must be non-negative');
  return list
    .toArray()
    .flatMap((one) => (one instanceof CelList && depth > 0n ? flatten(one, depth - 1n) : [one]));
}

function sortBy(list: CelList, keys: CelList): CelList {
  if (list.size !== keys.size)
    throw new CelError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.size} and ${keys.size} elements respectively`,
    );
  const pairs = list.toArray().map((item, index) => ({ item, key: keys.at(index) }));
  const kinds = new Set(pairs.map(({ key }) => typeof key));
  if (kinds.size > 1) throw new CelError('list elements must have the same type');
  return new ArrayList(
    pairs.sort((left, right) => ordered(left.key, right.key)).map(({ item }) => item),
  );
}

function distinct(list: CelList): CelList {
  const keys = new Set<string>();
  const kept: Value[] = [];
  for (const one of list.toArray()) {
    const key = keyOf(one);
    if (key === undefined ? kept.some((other) => equal(one, other)) : keys.has(key)) continue;
    if (key !== undefined) keys.add(key);
    kept.push(one);
  }
  return new ArrayList(kept);
}

const MAX_RANGE = 10_000_000n;

function range(count: bigint): CelList {
  if (count > MAX_RANGE) throw new CelError(`list size ${count} exceeds limit ${MAX_RANGE}`);
  return new ArrayList(
    Array.from({ length: Number(count > 0n ? count : 0n) }, (_, at) => BigInt(at)),
  );
}

/** What cel-go's extension adds to lists. */
const extension: readonly Overload[] = [
  method('slice', 'list_slice', {
    args: [LIST, INT, INT],
    result: LIST,
    run: (list, start, end) => slice(asList(list), asInt(start), asInt(end)),
  }),
  method('flatten', 'list_flatten', {
    args: [listOf(LIST)],
    result: LIST,
    run: (list) => new ArrayList(flatten(asList(list), 1n)),
  }),
  method('flatten', 'list_flatten_int', {
    args: [listOf(DYN), INT],
    result: listOf(DYN),
    run: (list, depth) => new ArrayList(flatten(asList(list), asInt(depth))),
  }),
  ...COMPARABLE.flatMap(([, type]) => [
    method('sort', `list_${type.name}_sort`, {
      args: [listOf(type)],
      result: listOf(type),
      run: (list) => sortBy(asList(list), asList(list)),
    }),
    method('@sortByAssociatedKeys', `list_${type.name}_sortByAssociatedKeys`, {
      args: [LIST, listOf(type)],
      result: LIST,
      run: (list, keys) => sortBy(asList(list), asList(keys)),
    }),
  ]),
  fn('lists.range', 'lists_range', {
    args: [INT],
    result: listOf(INT),
    run: (count) => range(asInt(count)),
  }),
  method('reverse', 'list_reverse', {
    args: [LIST],
    result: LIST,
    run: (list) => new ArrayList([...asList(list).toArray()].reverse()),
  }),
  method('distinct', 'list_distinct', {
    args: [LIST],
    result: LIST,
    run: (list) => distinct(asList(list)),
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
export const LISTS: readonly Overload[] = [...kubernetes, ...extension, ...ends, ...sets];
