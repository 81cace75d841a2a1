/** TypeKind is what a CEL type is, in the classes of cel-go's `common/types`. */
export type TypeKind =
  | 'dyn'
  | 'any'
  | 'error'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'duration'
  | 'timestamp'
  | 'list'
  | 'map'
  | 'struct'
  | 'opaque'
  | 'type'
  | 'param';

/** CelType is a static type. Two types with the same name and parameters are the same type. */
export interface CelType {
  readonly kind: TypeKind;
  readonly name: string;
  readonly params: readonly CelType[];
  /** The fields of a struct by the name under which expressions see them. */
  readonly fields?: ReadonlyMap<string, StructField>;
  /** What a schema says of the size of values, for the estimate of cost. */
  readonly size?: SizeBounds;
  /** How lists of a schema are compared and joined. */
  readonly merge?: ListMerge;
}

/** StructField is one field of a struct; `jsonName` is its name in stored objects. */
export interface StructField {
  readonly jsonName: string;
  readonly type: CelType;
}

/** SizeBounds: `maxElements` items, entries or bytes; `minBytes` is the least size as JSON. */
export interface SizeBounds {
  readonly maxElements: number;
  readonly minBytes: number;
}

/** ListMerge is `x-kubernetes-list-type` of a list, with the keys of a `map`. */
export type ListMerge =
  | { readonly kind: 'set' }
  | { readonly kind: 'map'; readonly keys: readonly string[] };

function simple(kind: TypeKind, name: string = kind): CelType {
  return { kind, name, params: [] };
}

/** DYN and the constants below are the types that have no parameters; ERROR is that of what is wrong. */
export const DYN = simple('dyn');
export const ANY = simple('any', 'google.protobuf.Any');
export const ERROR = simple('error', '!error!');
export const NULL = simple('null', 'null_type');
export const BOOL = simple('bool');
export const INT = simple('int');
export const UINT = simple('uint');
export const DOUBLE = simple('double');
export const STRING = simple('string');
export const BYTES = simple('bytes');
export const DURATION = simple('duration', 'google.protobuf.Duration');
export const TIMESTAMP = simple('timestamp', 'google.protobuf.Timestamp');
export const TYPE = simple('type');

/** listOf is the type of lists of an element. */
export function listOf(element: CelType, more: Partial<CelType> = {}): CelType {
  return { kind: 'list', name: 'list', params: [element], ...more };
}

/** mapOf is the type of maps. */
export function mapOf(key: CelType, value: CelType, more: Partial<CelType> = {}): CelType {
  return { kind: 'map', name: 'map', params: [key, value], ...more };
}

/** typeOfType is the type of a type. */
export function typeOfType(inner: CelType): CelType {
  return { kind: 'type', name: 'type', params: [inner] };
}

/** typeParam is a type that an overload leaves open. */
export function typeParam(name: string): CelType {
  return { kind: 'param', name, params: [] };
}

/** opaqueType is a type that only functions can use. */
export function opaqueType(name: string, ...params: CelType[]): CelType {
  return { kind: 'opaque', name, params };
}

/** structType is an object with known fields; without fields it is a library's own type. */
export function structType(
  name: string,
  fields: ReadonlyMap<string, StructField> = new Map(),
  size?: SizeBounds,
): CelType {
  return { kind: 'struct', name, params: [], fields, ...(size && { size }) };
}

/** namedStruct is an object of which expressions see the fields under the names that they have. */
export function namedStruct(name: string, fields: Readonly<Record<string, CelType>>): CelType {
  const declared = Object.entries(fields).map(([jsonName, type]): [string, StructField] => [
    jsonName,
    { jsonName, type },
  ]);
  return structType(name, new Map(declared));
}

/** optionalOf is the type of a value that may be absent. */
export function optionalOf(inner: CelType): CelType {
  return opaqueType('optional_type', inner);
}

/** unwrapOptional answers the inner type of an optional, or undefined. */
export function unwrapOptional(type: CelType): CelType | undefined {
  return type.kind === 'opaque' && type.name === 'optional_type' ? type.params[0] : undefined;
}

/** isDyn tells whether anything is known of the type. */
export function isDyn(type: CelType): boolean {
  return type.kind === 'dyn' || type.kind === 'any';
}

/** sameType tells whether two types are the same in every part. */
export function sameType(left: CelType, right: CelType): boolean {
  if (left === right) return true;
  return (
    left.kind === right.kind &&
    left.name === right.name &&
    left.params.length === right.params.length &&
    left.params.every((one, index) => {
      const other = right.params[index];
      return other !== undefined && sameType(one, other);
    })
  );
}

const SHORT_NAMES: Partial<Record<TypeKind, string>> = {
  any: 'any',
  duration: 'duration',
  timestamp: 'timestamp',
  null: 'null',
  error: '!error!',
};

/** formatType writes a type as error messages of the checker do. */
export function formatType(type: CelType): string {
  const short = SHORT_NAMES[type.kind];
  if (short !== undefined) return short;
  if (type.params.length === 0) return type.name;
  return `${type.name}(${type.params.map(formatType).join(', ')})`;
}

/** formatSignature writes the arguments of a call; the first is the receiver of a member call. */
export function formatSignature(args: readonly CelType[], member: boolean): string {
  const [target] = args;
  if (!member || target === undefined) return `(${args.map(formatType).join(', ')})`;
  return `${formatType(target)}.(${args.slice(1).map(formatType).join(', ')})`;
}
