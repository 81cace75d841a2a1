import { Duration, Timestamp } from './time.ts';
import { CelList, CelMap, Opaque, Optional, TypeValue, Uint, type Value } from './value.ts';

/** numberOf answers what a numeric value is compared by, or undefined for what is no number. */
export function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof Uint ? value.value : undefined;
}

/** equal is `==`: numbers of different types are equal by value, other types never are. */
export function equal(left: Value, right: Value): boolean {
  if (left === right) return true;
  const number = numberOf(left);
  if (number !== undefined) {
    const other = numberOf(right);
    // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number are equal by value
    return other !== undefined && number == other;
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return false;
  return equalObjects(left, right);
}

function equalObjects(left: Exclude<Value & object, null>, right: Value): boolean {
  if (left instanceof CelList) return right instanceof CelList && equalLists(left, right);
  if (left instanceof CelMap) return right instanceof CelMap && equalMaps(left, right);
  if (left instanceof Uint8Array)
    return right instanceof Uint8Array && Buffer.compare(left, right) === 0;
  if (left instanceof Duration) return right instanceof Duration && left.nanos === right.nanos;
  if (left instanceof Timestamp) return right instanceof Timestamp && left.nanos === right.nanos;
  if (left instanceof TypeValue) return right instanceof TypeValue && left.name === right.name;
  if (left instanceof Optional) return right instanceof Optional && equalOptionals(left, right);
  if (left instanceof Opaque)
    return right instanceof Opaque && left.type.name === right.type.name && left.equals(right);
  return false;
}

function equalOptionals({ value }: Optional, { value: other }: Optional): boolean {
  return value === undefined || other === undefined ? value === other : equal(value, other);
}

function equalLists(left: CelList, right: CelList): boolean {
  if (left.size !== right.size) return false;
  const merge = left.merge ?? right.merge;
  if (merge === undefined) {
    for (let index = 0; index < left.size; index++)
      if (!equal(left.at(index), right.at(index))) return false;
    return true;
  }
  return left.toArray().every((one) => right.toArray().some((other) => equal(one, other)));
}

function equalMaps(left: CelMap, right: CelMap): boolean {
  if (left.size !== right.size) return false;
  return left.keys().every((key) => {
    const [one, other] = [left.find(key), right.find(key)];
    return one !== undefined && other !== undefined && equal(one, other);
  });
}

/** keyOf answers a text that is the same for keys that are equal; undefined for no key. */
export function keyOf(value: Value): string | undefined {
  if (typeof value === 'string') return `s${value}`;
  if (typeof value === 'boolean') return `b${value}`;
  const number = numberOf(value);
  if (number === undefined) return undefined;
  if (typeof number === 'number' && !Number.isInteger(number)) return `d${number}`;
  return `n${BigInt(number)}`;
}

/** compare answers a negative number, 0 or a positive one; undefined when there is no order. */
export function compare(left: Value, right: Value): number | undefined {
  const number = numberOf(left);
  const other = numberOf(right);
  if (number !== undefined && other !== undefined) return order(number, other);
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  if (left instanceof Duration && right instanceof Duration) return order(left.nanos, right.nanos);
  if (left instanceof Timestamp && right instanceof Timestamp)
    return order(left.nanos, right.nanos);
  return undefined;
}

function order(left: bigint | number, right: bigint | number): number {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** By bytes of UTF-8, as Go compares: code points above the basic plane come last. */
function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
