import { schemaOf } from '../../apis/schema/index.ts';
import { type Shape, shapeOf } from '../../apiserver/fields/field-shape.ts';
import { additionalSchema, type JsonSchema, mapKeysOf } from './json-schema.ts';

const LEAF: Shape = { kind: 'leaf' };
const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** DEDUCED is the shape of what no schema describes: objects by their fields, the rest whole. */
const DEDUCED: Shape = { kind: 'map', child: () => DEDUCED };

/** shapeOfObject is how the fields of a whole object take part in ownership. */
export function shapeOfObject(schema: JsonSchema): Shape {
  return objectShape(schema, true);
}

/** shapeOfSchema is how a value of a schema takes part in ownership. */
export function shapeOfSchema(schema: JsonSchema | undefined): Shape {
  if (!schema) return DEDUCED;
  if (schema.type === 'array') return listShape(schema);
  if (schema['x-kubernetes-embedded-resource']) return objectShape(schema, true);
  if (schema.type === 'object' || schema['x-kubernetes-preserve-unknown-fields']) {
    return objectShape(schema, false);
  }
  return LEAF;
}

function listShape(schema: JsonSchema): Shape {
  const { items } = schema;
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return { kind: 'set' };
    case 'map': {
      const item = shapeOfSchema(items);
      const keys = mapKeysOf(schema);
      const defaults = Object.fromEntries(
        keys.map((key) => [key, items?.properties?.[key]?.default]),
      );
      return { kind: 'items', keys, item, defaults };
    }
    default:
      return LEAF;
  }
}

function objectShape(schema: JsonSchema, isObject: boolean): Shape {
  if (schema['x-kubernetes-map-type'] === 'atomic') return LEAF;
  const { properties = {} } = schema;
  const children = new Map(
    Object.entries(properties).map(([name, one]) => [name, shapeOfSchema(one)]),
  );
  if (isObject) children.set('metadata', shapeOf(schemaOf(OBJECT_META)));
  const additional = additionalSchema(schema);
  const other = additional ? shapeOfSchema(additional) : DEDUCED;
  const child = (name: string) => children.get(name) ?? other;
  return children.size > 0 ? { kind: 'struct', child, names: children } : { kind: 'map', child };
}
