import { definitionFact, type FieldFact } from './catalogue.ts';

/** ScalarType is what a leaf of an object may hold. */
export type ScalarType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'int-or-string'
  | 'quantity'
  | 'byte'
  | 'time'
  | 'micro-time'
  | 'any';

/** ScalarSchema describes a leaf; `bits` is the width of an integer. */
export interface ScalarSchema {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  readonly bits: 32 | 64;
}

/** ArraySchema describes a list. */
export interface ArraySchema {
  readonly kind: 'array';
  readonly items: Schema;
}

/** MapSchema describes an object whose keys are data. */
export interface MapSchema {
  readonly kind: 'map';
  readonly values: Schema;
}

/** ObjectSchema describes an object with known fields; `free` ones may hold anything. */
export interface ObjectSchema {
  readonly kind: 'object';
  /** The name in the catalogue. */
  readonly definition: string;
  readonly free: boolean;
  readonly required: readonly string[];
  readonly mapType: 'atomic' | 'granular';
  readonly fields: ReadonlyMap<string, FieldSchema>;
}

/** FieldSchema is a field with how patches and server-side apply treat it. */
export interface FieldSchema {
  readonly schema: Schema;
  readonly default: unknown;
  /** Lists only; lists are atomic unless said otherwise. */
  readonly listType: 'atomic' | 'map' | 'set';
  readonly mapKeys: readonly string[];
  readonly mapType: 'atomic' | 'granular';
  readonly patchMergeKey: string | undefined;
  readonly patchStrategies: readonly string[];
}

/** Schema is the structure of one value of the API. */
export type Schema = ObjectSchema | ArraySchema | MapSchema | ScalarSchema;

const schemas = new Map<string, Schema>();

/** schemaOf answers the (shared, lazily built) schema of a definition of the catalogue. */
export function schemaOf(definition: string): Schema {
  const known = schemas.get(definition);
  if (known !== undefined) return known;
  const built = build(definition);
  schemas.set(definition, built);
  return built;
}

function scalar(type: ScalarType, bits: 32 | 64 = 64): ScalarSchema {
  return { kind: 'scalar', type, bits };
}

const NAMED_SCALARS: Readonly<Record<string, ScalarSchema>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': scalar('quantity'),
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': scalar('time'),
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': scalar('micro-time'),
};

function build(definition: string): Schema {
  const named = NAMED_SCALARS[definition];
  if (named !== undefined) return named;
  const fact = definitionFact(definition);
  if (fact.fields === undefined && fact.type !== undefined && fact.type !== 'object')
    return parseType(fact.type);
  return new DefinedObject(definition);
}

/** Objects of which the catalogue has no fields because there are none. */
const WITHOUT_FIELDS: ReadonlySet<string> = new Set([
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus',
]);

/** An object of the catalogue; its fields are read when first asked for, since types recurse. */
class DefinedObject implements ObjectSchema {
  readonly kind = 'object';
  readonly definition: string;
  readonly free: boolean;
  readonly required: readonly string[];
  readonly mapType: 'atomic' | 'granular';
  #fields: ReadonlyMap<string, FieldSchema> | undefined;

  constructor(definition: string) {
    const fact = definitionFact(definition);
    this.definition = definition;
    this.free = fact.fields === undefined && !WITHOUT_FIELDS.has(definition);
    this.required = fact.required ?? [];
    this.mapType = fact.mapType ?? 'granular';
  }

  get fields(): ReadonlyMap<string, FieldSchema> {
    this.#fields ??= new Map(
      Object.entries(definitionFact(this.definition).fields ?? {}).map(([name, fact]) => [
        name,
        fieldSchema(typeof fact === 'string' ? { type: fact } : fact),
      ]),
    );
    return this.#fields;
  }
}

function fieldSchema(fact: FieldFact): FieldSchema {
  const schema = parseType(fact.type);
  const ownMapType = schema.kind === 'object' ? schema.mapType : 'granular';
  return {
    schema,
    default: fact.default,
    listType: fact.listType ?? 'atomic',
    mapKeys: fact.mapKeys ?? [],
    mapType: fact.mapType ?? ownMapType,
    patchMergeKey: fact.patchMergeKey,
    patchStrategies: fact.patchStrategy?.split(',') ?? [],
  };
}

const SCALARS: Readonly<Record<string, ScalarSchema>> = {
  string: scalar('string'),
  boolean: scalar('boolean'),
  'integer/int32': scalar('integer', 32),
  'integer/int64': scalar('integer'),
  integer: scalar('integer'),
  'number/double': scalar('number'),
  number: scalar('number'),
  'int-or-string': scalar('int-or-string'),
  'string/byte': scalar('byte'),
  'string/date-time': scalar('time'),
  any: scalar('any'),
  object: scalar('any'),
};

/** Reads the catalogue's notation: `@definition`, `[items]`, `{values}`, or a scalar. */
function parseType(text: string): Schema {
  if (text.startsWith('@')) return schemaOf(text.slice(1));
  const inner = text.slice(1, -1);
  if (text.startsWith('[')) return { kind: 'array', items: parseType(inner) };
  if (text.startsWith('{')) return { kind: 'map', values: parseType(inner) };
  const found = SCALARS[text];
  if (found === undefined) throw new RangeError(`the catalogue has an unknown type ${text}`);
  return found;
}
