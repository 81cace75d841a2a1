import { BOOL, listOf, optionalOf, typeParam } from '../types/type.ts';
import { CelError, noOverload } from '../values/errors.ts';
import { asKind, asList } from '../values/kinds.ts';
import { Duration, Timestamp } from '../values/time.ts';
import { ArrayList, CelList, CelMap, Optional, Uint, type Value } from '../values/value.ts';
import { fn, method, type Overload } from './overload.ts';

const V = typeParam('V');
const OPTIONAL = optionalOf(V);

function isZero(value: Value): boolean {
  if (value === null || typeof value !== 'object') return !value;
  if (value instanceof CelList || value instanceof CelMap) return value.size === 0;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Timestamp) return value.nanos === -62135596800_000_000_000n;
  return value instanceof Optional && value.value === undefined;
}

function unwrap(list: Value | undefined): CelList {
  const values: Value[] = [];
  for (const one of asList(list).toArray()) {
    if (!(one instanceof Optional)) throw new CelError(`value ${String(one)} is not optional`);
    if (one.value !== undefined) values.push(one.value);
  }
  return new ArrayList(values);
}

function lazily(name: string, id: string, args: Overload['args'], result: Overload['result']) {
  return method(name, id, {
    args,
    result,
    run: () => {
      throw noOverload();
    },
  });
}

/** OPTIONALS are the functions of optional values; `or` and `orValue` are evaluated apart. */
export const OPTIONALS: readonly Overload[] = [
  fn('optional.of', 'optional_of', {
    args: [V],
    result: OPTIONAL,
    run: (value) => new Optional(value),
  }),
  fn('optional.ofNonZeroValue', 'optional_ofNonZeroValue', {
    args: [V],
    result: OPTIONAL,
    run: (value = null) => (isZero(value) ? Optional.none : new Optional(value)),
  }),
  fn('optional.none', 'optional_none', { args: [], result: OPTIONAL, run: () => Optional.none }),
  fn('optional.unwrap', 'optional_unwrap', {
    args: [listOf(OPTIONAL)],
    result: listOf(V),
    run: unwrap,
  }),
  method('unwrapOpt', 'optional_unwrapOpt', {
    args: [listOf(OPTIONAL)],
    result: listOf(V),
    run: unwrap,
  }),
  method('value', 'optional_value', {
    args: [OPTIONAL],
    result: V,
    run: (optional) => {
      const { value } = asKind(Optional, optional);
      if (value === undefined) throw new CelError('optional.none() dereference');
      return value;
    },
  }),
  method('hasValue', 'optional_hasValue', {
    args: [OPTIONAL],
    result: BOOL,
    run: (optional) => asKind(Optional, optional).value !== undefined,
  }),
  lazily('or', 'optional_or_optional', [OPTIONAL, OPTIONAL], OPTIONAL),
  lazily('orValue', 'optional_orValue_value', [OPTIONAL, V], V),
];
