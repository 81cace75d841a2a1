import structs from '../catalogue/go-structs.json' with { type: 'json' };
import type { ScalarType, Schema } from './schema.ts';

/**
 * GoField is what is known of one field of a Go struct beside its type: how JSON and protocol
 * buffers write it.
 */
export interface GoField {
  readonly name: string;
  /** The number in protocol buffers; 0: not there. */
  readonly number: number;
  readonly pointer: boolean;
  /** JSON leaves the field out where it is empty, as Go understands it. */
  readonly omitEmpty: boolean;
  /** JSON leaves a struct out that has its zero value: the time of creation. */
  readonly omitZero: boolean;
  /** A list or map that protocol buffers wrap into a message with the one field `items`. */
  readonly wrapped: boolean;
  /** Present for a struct whose fields JSON has in line: its definition. */
  readonly inline: string | undefined;
  /** Go's name of the type, where the schema does not tell it: `v1.Protocol`, `[]v1.IPFamily`. */
  readonly type: string | undefined;
}

/** By definition, in Go's order: a number with marks, and the type. A name that begins with `~` is in line. */
const STRUCTS = structs as Readonly<Record<string, Readonly<Record<string, string>>>>;
const INLINE = '~';

const known = new Map<string, readonly GoField[] | undefined>();

function parseField([name, text]: readonly [string, string]): GoField {
  const [marks = '', type] = text.split(' ');
  return {
    name,
    number: Number.parseInt(marks, 10),
    pointer: marks.includes('*'),
    omitEmpty: marks.includes('o'),
    omitZero: marks.includes('z'),
    wrapped: marks.includes('m'),
    type,
    inline: name.startsWith(INLINE) ? name.slice(INLINE.length) : undefined,
  };
}

/** goStructOf answers the fields of a struct as Go declares them; undefined where it is not known. */
export function goStructOf(definition: string): readonly GoField[] | undefined {
  if (known.has(definition)) return known.get(definition);
  const facts = STRUCTS[definition];
  const fields = facts && Object.entries(facts).map(parseField);
  known.set(definition, fields);
  return fields;
}

/** goFieldsOf answers the fields of a struct in the order in which JSON has them. */
export function goFieldsOf(definition: string): readonly GoField[] | undefined {
  return goStructOf(definition)?.flatMap((field) =>
    field.inline === undefined ? [field] : (goFieldsOf(field.inline) ?? []),
  );
}

const typeNames = new Map<string, ReadonlyMap<string, string>>();

/** goTypeNames answers Go's names of the types of a struct's fields, where the schema does not tell them. */
export function goTypeNames(definition: string): ReadonlyMap<string, string> {
  let names = typeNames.get(definition);
  if (!names) {
    const named = goFieldsOf(definition)?.flatMap(({ name, type }): [string, string][] =>
      type === undefined ? [] : [[name, type]],
    );
    names = new Map(named);
    typeNames.set(definition, names);
  }
  return names;
}

/** ZEROS are the zero values of Go's types as JSON has them. */
export const ZEROS: Readonly<Record<ScalarType, unknown>> = {
  string: '',
  byte: null,
  boolean: false,
  integer: 0,
  number: 0,
  'int-or-string': 0,
  quantity: '0',
  time: null,
  'micro-time': null,
  any: null,
};

/** Those that are structs in Go, which `omitempty` does not leave out. */
const STRUCT_SCALARS = new Set<ScalarType>([
  'int-or-string',
  'quantity',
  'time',
  'micro-time',
  'any',
]);

/** isStruct tells whether Go has a value of this schema as a struct. */
export function isStruct(schema: Schema): boolean {
  return schema.kind === 'object' || (schema.kind === 'scalar' && STRUCT_SCALARS.has(schema.type));
}

/**
 * zeroOf is what JSON has of a field that nobody set: undefined where it leaves it out. A struct
 * without known fields is null; others are empty here, whatever they always have inside.
 */
export function zeroOf(field: GoField, schema: Schema): unknown {
  if (field.pointer) return field.omitEmpty ? undefined : null;
  if (field.omitZero) return undefined;
  if (field.omitEmpty && !isStruct(schema)) return undefined;
  if (schema.kind === 'scalar') return ZEROS[schema.type];
  if (schema.kind !== 'object' || schema.free) return null;
  return {};
}
