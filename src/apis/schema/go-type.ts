import type { Schema } from './schema.ts';

/** goTypeOf names a schema as Go's JSON decoder would in its errors: `[]v1.Container`, `int32`. */
export function goTypeOf(schema: Schema): string {
  switch (schema.kind) {
    case 'array':
      return `[]${goTypeOf(schema.items)}`;
    case 'map':
      return isQuantity(schema.values)
        ? 'v1.ResourceList'
        : `map[string]${goTypeOf(schema.values)}`;
    case 'object':
      return schema.definition.split('.').slice(-2).join('.');
    default:
      return SCALARS[schema.type](schema.bits);
  }
}

function isQuantity(schema: Schema): boolean {
  return schema.kind === 'scalar' && schema.type === 'quantity';
}

/** itemTypeOf names the items of a list or map of which Go's name is known: `v1.IPFamily` of `[]v1.IPFamily`. */
export function itemTypeOf(name: string | undefined): string | undefined {
  return /^(?:\[\]|map\[[^\]]+\])(.+)$/.exec(name ?? '')?.[1];
}

/** structNameOf is the last word of a definition's name: the Go struct. */
export function structNameOf(definition: string): string {
  return definition.slice(definition.lastIndexOf('.') + 1);
}

const SCALARS = {
  string: () => 'string',
  boolean: () => 'bool',
  integer: (bits: number) => `int${bits}`,
  number: () => 'float64',
  'int-or-string': () => 'int32',
  quantity: () => 'resource.Quantity',
  byte: () => '[]uint8',
  time: () => 'string',
  'micro-time': () => 'string',
  any: () => 'interface {}',
} as const;
