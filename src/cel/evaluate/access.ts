import { showKey } from '../values/collections.ts';
import { numberOf } from '../values/equality.ts';
import { CelError, noOverload } from '../values/errors.ts';
import { CelList, CelMap, Optional, type Value } from '../values/value.ts';

/** selectField is `value.field`; of an optional it is optional again. */
export function selectField(value: Value, field: string): Value {
  if (value instanceof CelMap) {
    const found = value.find(field);
    if (found === undefined) throw new CelError(`no such key: ${field}`);
    return found;
  }
  if (value instanceof Optional) return selectOptional(value, field);
  throw new CelError(`no such key: ${field}`);
}

/** selectOptional is `value.?field`. */
export function selectOptional(value: Value, field: string): Optional {
  const inner = value instanceof Optional ? value.value : value;
  if (inner === undefined) return Optional.none;
  if (!(inner instanceof CelMap)) throw noOverload();
  const found = inner.find(field);
  return found === undefined ? Optional.none : new Optional(found);
}

/** hasField is `has(value.field)`. */
export function hasField(value: Value, field: string): boolean {
  const inner = value instanceof Optional ? value.value : value;
  return inner instanceof CelMap && inner.find(field) !== undefined;
}

function positionOf(list: CelList, index: Value): number | undefined {
  const number = numberOf(index);
  if (number === undefined) throw new CelError(`unsupported index type '${typeof index}' in list`);
  const at = Number(number);
  if (!Number.isInteger(at)) throw new CelError(`unsupported index value ${at} in list`);
  return at >= 0 && at < list.size ? at : undefined;
}

/** indexInto is `value[index]`; of an optional it is optional again. */
export function indexInto(value: Value, index: Value): Value {
  if (value instanceof CelList) {
    const at = positionOf(value, index);
    if (at === undefined) throw new CelError(`index out of bounds: ${showKey(index)}`);
    return value.at(at);
  }
  if (value instanceof CelMap) {
    const found = value.find(index);
    if (found === undefined) throw new CelError(`no such key: ${showKey(index)}`);
    return found;
  }
  if (value instanceof Optional) return indexOptional(value, index);
  throw noOverload();
}

/** indexOptional is `value[?index]`. */
export function indexOptional(value: Value, index: Value): Optional {
  const inner = value instanceof Optional ? value.value : value;
  if (inner === undefined) return Optional.none;
  if (inner instanceof CelList) {
    const at = positionOf(inner, index);
    return at === undefined ? Optional.none : new Optional(inner.at(at));
  }
  if (!(inner instanceof CelMap)) throw noOverload();
  const found = inner.find(index);
  return found === undefined ? Optional.none : new Optional(found);
}
