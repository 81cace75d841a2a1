import type { CelType } from '../types/type.ts';
import { noOverload } from './errors.ts';
import { Duration, Timestamp } from './time.ts';
import { CelList, CelMap, Opaque, Optional, TypeValue, Uint, type Value } from './value.ts';

/** typeNameOf answers the name of a value's type, as `type()` shows it. */
export function typeNameOf(value: Value): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
      return value === null ? 'null_type' : objectTypeName(value);
  }
}

function objectTypeName(value: object): string {
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof CelList) return 'list';
  if (value instanceof CelMap) return value.typeName;
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof Opaque) return value.type.name;
  return 'type';
}

/** accepts tells whether a value may be given where an overload wants a type. */
export function accepts(type: CelType, value: Value): boolean {
  switch (type.kind) {
    case 'list':
      return value instanceof CelList && acceptsElements(type, value);
    case 'map':
      return value instanceof CelMap && value.typeName === 'map';
    case 'type':
      return value instanceof TypeValue;
    case 'param':
    case 'dyn':
    case 'any':
    case 'error':
      return true;
    default:
      return typeNameOf(value) === type.name;
  }
}

/** Only the first element is looked at: the checker has seen to the rest where it could. */
function acceptsElements(type: CelType, list: CelList): boolean {
  const [element] = type.params;
  return list.size === 0 || element === undefined || accepts(element, list.at(0));
}

/** asString answers a string argument; throws the error of a wrong overload. */
export function asString(value: Value | undefined): string {
  if (typeof value !== 'string') throw noOverload();
  return value;
}

/** asInt answers an int argument. */
export function asInt(value: Value | undefined): bigint {
  if (typeof value !== 'bigint') throw noOverload();
  return value;
}

/** asBool answers a bool argument. */
export function asBool(value: Value | undefined): boolean {
  if (typeof value !== 'boolean') throw noOverload();
  return value;
}

/** asList answers a list argument. */
export function asList(value: Value | undefined): CelList {
  if (!(value instanceof CelList)) throw noOverload();
  return value;
}

/** asMap answers a map argument. */
export function asMap(value: Value | undefined): CelMap {
  if (!(value instanceof CelMap)) throw noOverload();
  return value;
}

/** asKind answers an argument that is an instance of a class of values. */
export function asKind<T extends object>(
  kind: abstract new (...args: never[]) => T,
  value: Value | undefined,
): T {
  if (!(value instanceof kind)) throw noOverload();
  return value;
}
