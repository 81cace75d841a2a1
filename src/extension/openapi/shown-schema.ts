import { sortedKeys } from '../../machinery/go-json.ts';
import { isJsonObject } from '../../machinery/json-value.ts';

type Json = Record<string, unknown>;

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
/** The order in which Go writes the parts of a schema; what is not among these follows, sorted. */
const ORDER = [
  'description',
  'type',
  'nullable',
  'format',
  'title',
  'default',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'enum',
  'maxProperties',
  'minProperties',
  'required',
  'items',
  'allOf',
  'oneOf',
  'anyOf',
  'not',
  'properties',
  'additionalProperties',
];
/** What documents leave out. */
const HIDDEN: ReadonlySet<string> = new Set(['id', '$schema', 'externalDocs', 'example']);
const PLACE: ReadonlyMap<string, number> = new Map(ORDER.map((name, index) => [name, index]));
const placeOf = (name: string) => PLACE.get(name) ?? ORDER.length;
const EITHER = [{ type: 'integer' }, { type: 'string' }];
const TEXTS = {
  apiVersion:
    'apiVersion defines the versioned schema of this representation of an object. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
  kind: 'kind is a string value representing the type of this object. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
  metadata:
    "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
};

/** metaReference is what a document says of a field that holds metadata. */
export function metaReference(kind: string, description: string, version: 2 | 3): Json {
  const $ref = `#/${version === 2 ? 'definitions' : 'components/schemas'}/${META}.${kind}`;
  return version === 2 ? { description, $ref } : { description, allOf: [{ $ref }] };
}

/** An object within an object is said to have what every object has. */
function withMeta(schema: Json, version: 2 | 3): Json {
  if (version === 2 && schema['x-kubernetes-preserve-unknown-fields']) return schema;
  const required = Array.isArray(schema.required) ? schema.required : [];
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  return {
    ...schema,
    required: [...required, ...['kind', 'apiVersion'].filter((one) => !required.includes(one))],
    properties: {
      ...properties,
      apiVersion: { description: TEXTS.apiVersion, type: 'string' },
      kind: { description: TEXTS.kind, type: 'string' },
      metadata: metaReference('ObjectMeta', TEXTS.metadata, version),
    },
  };
}

function completed(schema: Json, version: 2 | 3): Json {
  const either = schema['x-kubernetes-int-or-string'] && version === 3 && !('anyOf' in schema);
  const whole = either ? { ...schema, anyOf: EITHER } : schema;
  return whole['x-kubernetes-embedded-resource'] ? withMeta(whole, version) : whole;
}

function part(name: string, value: unknown, version: 2 | 3): unknown {
  const inner = (one: unknown) => (isJsonObject(one) ? shownSchema(one, version) : one);
  if (name === 'properties' && isJsonObject(value)) {
    const names = Object.keys(value).sort();
    return Object.fromEntries(names.map((one) => [one, inner(value[one])]));
  }
  if (name === 'items' || name === 'not' || name === 'additionalProperties') return inner(value);
  if (name === 'allOf' || name === 'oneOf' || name === 'anyOf')
    return Array.isArray(value) ? value.map(inner) : value;
  return name === 'default' || name === 'enum' ? sortedKeys(value) : value;
}

/**
 * shownSchema is a schema of a custom resource as documents show it: in the order in which Go
 * writes schemas, with the fields that embedded objects have, and what integers or texts are.
 */
export function shownSchema(schema: Json, version: 2 | 3): Json {
  const whole = completed(schema, version);
  const names = Object.keys(whole)
    .filter((name) => !HIDDEN.has(name))
    .sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
  return Object.fromEntries(names.map((name) => [name, part(name, whole[name], version)]));
}
