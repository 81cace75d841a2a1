import type { ScalarType, Schema } from '../../apis/schema/index.ts';
import { schemaOf } from '../../apis/schema/index.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import { escapeName, type SchemaNode, schemaType } from '../../cel/types/schema.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  type StructField,
  structType,
  TIMESTAMP,
} from '../../cel/types/type.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** Quantities have no type in upstream's schemas, nor has what may be anything: expressions do not see them. */
const SCALARS: Readonly<Record<ScalarType, CelType | undefined>> = {
  string: STRING,
  boolean: BOOL,
  integer: INT,
  number: DOUBLE,
  'int-or-string': DYN,
  quantity: undefined,
  byte: BYTES,
  time: TIMESTAMP,
  'micro-time': TIMESTAMP,
  any: undefined,
};

/** The fields of an object, each typed when it is first asked for: some types contain themselves. */
class LazyFields extends Map<string, StructField> {
  readonly #schemas: ReadonlyMap<string, { readonly jsonName: string; readonly schema: Schema }>;
  readonly #parent: string;

  constructor(fields: ReadonlyMap<string, { readonly schema: Schema }>, parent: string) {
    super();
    this.#parent = parent;
    this.#schemas = new Map(
      Array.from(fields).flatMap(([jsonName, { schema }]) => {
        const name = escapeName(jsonName);
        return name === undefined ? [] : [[name, { jsonName, schema }] as const];
      }),
    );
  }

  override get(name: string): StructField | undefined {
    const known = super.get(name);
    const found = this.#schemas.get(name);
    if (known || !found) return known;
    const type = typeOf(found.schema, `${this.#parent}.${name}`);
    if (!type) return undefined;
    const field = { jsonName: found.jsonName, type };
    this.set(name, field);
    return field;
  }
}

function typeOf(schema: Schema, name: string): CelType | undefined {
  switch (schema.kind) {
    case 'scalar':
      return SCALARS[schema.type];
    case 'array': {
      const items = typeOf(schema.items, `${name}.@idx`);
      return items && listOf(items);
    }
    case 'map': {
      const values = typeOf(schema.values, `${name}.@elem`);
      return values && mapOf(STRING, values);
    }
    case 'object':
      return structType(name, new LazyFields(schema.fields, name));
  }
}

/** objectTypeOf is the type that expressions find objects of a resource to have; undefined: it is not known. */
export function objectTypeOf(definition: ResourceDefinition): CelType | undefined {
  const { kind } = definition.type;
  if (!definition.structure) return typeOf(schemaOf(definition.definition), kind);
  const schema = definition.schemas?.(3)[definition.definition];
  const type = schema && schemaType(schema as SchemaNode, kind, true);
  if (!type?.fields) return type;
  const metadata = typeOf(schemaOf(OBJECT_META), `${kind}.metadata`);
  const fields = new Map(type.fields);
  if (metadata) fields.set('metadata', { jsonName: 'metadata', type: metadata });
  return { ...type, fields };
}
