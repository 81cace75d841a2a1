import {
  type FieldSchema,
  goFieldsOf,
  type ObjectSchema,
  type Schema,
  zeroOf,
} from '../../apis/schema/index.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import { remembered } from '../../machinery/remembered.ts';

/**
 * Shape says how a value takes part in field ownership: as a whole (`leaf`), by the fields of an
 * object or map, by the elements of a set, or by the items of a list with keys.
 */
export type Shape = { readonly kind: 'leaf' } | ObjectShape | ListShape;

/** ObjectShape is the shape of what is owned by fields. */
export type ObjectShape =
  | {
      readonly kind: 'struct';
      child(name: string): Shape;
      /** The fields that the schema names, where there may be others; absent: there are no others. */
      readonly names?: { has(name: string): boolean };
      /** The fields that Go's JSON always has, with what it has of them where nobody set them. */
      readonly always?: ReadonlyMap<string, unknown>;
    }
  | { readonly kind: 'map'; child(name: string): Shape };

/** ItemsShape is the shape of a list with keys. */
export interface ItemsShape {
  readonly kind: 'items';
  readonly keys: readonly string[];
  readonly item: Shape;
  /** What a key is where an item leaves it out. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** ListShape is the shape of what is owned by its elements. */
export type ListShape = { readonly kind: 'set' } | ItemsShape;

const LEAF_SHAPE: Shape = { kind: 'leaf' };
const shapes = new WeakMap<Schema, Shape>();

/** shapeOf answers the (cached) shape of a schema. */
export function shapeOf(schema: Schema): Shape {
  const known = shapes.get(schema);
  if (known) return known;
  const shape = makeShape(schema);
  shapes.set(schema, shape);
  return shape;
}

function makeShape(schema: Schema): Shape {
  if (schema.kind === 'map') {
    const values = schema.values;
    return { kind: 'map', child: () => shapeOf(values) };
  }
  if (schema.kind !== 'object' || schema.mapType === 'atomic') return LEAF_SHAPE;
  return structShape(schema);
}

function structShape(schema: ObjectSchema): Shape {
  if (schema.free) return LEAF_SHAPE;
  const children = new Map<string, Shape>();
  return {
    kind: 'struct',
    always: alwaysOf(schema),
    child(name) {
      let shape = children.get(name);
      if (!shape) {
        const field = schema.fields.get(name);
        shape = field ? fieldShape(field) : LEAF_SHAPE;
        children.set(name, shape);
      }
      return shape;
    },
  };
}

function alwaysOf(schema: ObjectSchema): ReadonlyMap<string, unknown> {
  const always = new Map<string, unknown>();
  for (const field of goFieldsOf(schema.definition) ?? []) {
    const known = schema.fields.get(field.name);
    const zero = known && zeroOf(field, known.schema);
    if (zero !== undefined) always.set(field.name, zero);
  }
  return always;
}

function fieldShape(field: FieldSchema): Shape {
  const { schema, listType, mapKeys, mapType } = field;
  if (schema.kind === 'array') {
    if (listType === 'set') return { kind: 'set' };
    if (listType !== 'map' || mapKeys.length === 0) return LEAF_SHAPE;
    const defaults = keyDefaultsOf(schema.items);
    return { kind: 'items', keys: mapKeys, item: shapeOf(schema.items), defaults };
  }
  if (mapType === 'atomic') return LEAF_SHAPE;
  // A field may be granular although its type is not.
  const isAtomic = schema.kind === 'object' && schema.mapType === 'atomic';
  return isAtomic ? structShape(schema) : shapeOf(schema);
}

/** isNamed tells whether a part of a value is a field that the schema names. */
export function isNamed(shape: Shape, element: string): boolean {
  if (shape.kind !== 'struct') return false;
  return shape.names?.has(element.slice('f:'.length)) ?? true;
}

/** Keys that the schema gives a default: an item that leaves them out is found all the same. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

/** References to an object by its name alone are empty by default. */
const NAME_DEFAULT: Readonly<Record<string, unknown>> = { name: '' };

function keyDefaultsOf(items: Schema): Readonly<Record<string, unknown>> {
  const isByName = items.kind === 'object' && items.definition.endsWith('.v1.LocalObjectReference');
  return isByName ? NAME_DEFAULT : KEY_DEFAULTS;
}

/** itemElement is the path element of an item of a list with keys. */
export function itemElement(item: unknown, shape: ItemsShape): string {
  const { keys, defaults = KEY_DEFAULTS } = shape;
  const object: JsonObject = isJsonObject(item) ? item : {};
  const [only] = keys;
  if (only !== undefined && keys.length === 1 && typeof object[only] === 'string') {
    return namedElements(only)(object[only]);
  }
  const key: JsonObject = {};
  for (const name of keys.length > 1 ? [...keys].sort() : keys) {
    const value = object[name] ?? defaults[name];
    if (value !== undefined) key[name] = value;
  }
  return `k:${JSON.stringify(key)}`;
}

/** MOST_NAMES is how many names of fields, and of the items of lists, are remembered. */
const MOST_NAMES = 4096;
/** MOST_KEYS is of how many keys of lists there are such names: the schemas have a few. */
const MOST_KEYS = 64;

/** namedElements answers, for a key of lists, the path element of an item by its name. */
const namedElements = remembered(MOST_KEYS, (key: string) =>
  remembered(MOST_NAMES, (name: string) => `k:${JSON.stringify({ [key]: name })}`),
);

/** fieldElement is the path element of a field: the same few are asked for with every write. */
export const fieldElement = remembered(MOST_NAMES, (name: string) => `f:${name}`);

/** childrenOf answers the parts of a value by path element; undefined: it is one whole. */
export function childrenOf(
  shape: Shape,
  value: unknown,
): Map<string, { readonly shape: Shape; readonly value: unknown }> | undefined {
  const children = new Map<string, { shape: Shape; value: unknown }>();
  switch (shape.kind) {
    case 'leaf':
      return undefined;
    case 'struct':
    case 'map':
      if (!isJsonObject(value)) return undefined;
      for (const [name, one] of Object.entries(value)) {
        if (one !== undefined)
          children.set(fieldElement(name), { shape: shape.child(name), value: one });
      }
      return children;
    case 'set':
      if (!Array.isArray(value)) return undefined;
      for (const one of value) {
        children.set(`v:${JSON.stringify(one)}`, { shape: LEAF_SHAPE, value: one });
      }
      return children;
    case 'items':
      if (!Array.isArray(value)) return undefined;
      for (const one of value) {
        const element = itemElement(one, shape);
        const other = children.get(element);
        // Those that have one key are owned as one.
        const both = other && { shape: LEAF_SHAPE, value: [other.value, one] };
        children.set(element, both ?? { shape: shape.item, value: one });
      }
      return children;
  }
}
