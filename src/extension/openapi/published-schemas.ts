import type { ResourceType } from '../../machinery/object.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { plainSchema } from './plain-schema.ts';

type Json = Record<string, unknown>;

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const TEXTS = {
  apiVersion:
    'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
  kind: 'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
  metadata:
    "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
  listMetadata:
    'Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
};

/** PublishedKind is a kind whose schemas go into documents. */
export interface PublishedKind {
  readonly type: ResourceType;
  readonly listKind: string | undefined;
  readonly schema: JsonSchema;
}

/** modelName is the name of a kind's schema in documents: `com.example.v1.Widget`. */
export function modelName({ group, version, kind }: ResourceType): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

/** publishedSchemas are the schemas of a kind and its list as a version of OpenAPI has them. */
export function publishedSchemas(published: PublishedKind, version: 2 | 3): Record<string, Json> {
  const { type, listKind = `${type.kind}List` } = published;
  const name = modelName(type);
  const refTo = (target: string) => ({
    $ref: `#/${version === 2 ? 'definitions' : 'components/schemas'}/${target}`,
  });
  const described = (description: string, target: string) =>
    version === 2 ? { description, ...refTo(target) } : { description, allOf: [refTo(target)] };
  const text = (description: string) => ({ description, type: 'string' });
  const kindOf = (kind: string) => [{ group: type.group, kind, version: type.version }];
  return {
    [name]: {
      ...objectSchema(published, version, {
        apiVersion: text(TEXTS.apiVersion),
        kind: text(TEXTS.kind),
        metadata: described(TEXTS.metadata, `${META}.ObjectMeta`),
      }),
      'x-kubernetes-group-version-kind': kindOf(type.kind),
    },
    [`${name}List`]: {
      description: `${listKind} is a list of ${type.kind}`,
      type: 'object',
      required: ['items'],
      properties: {
        apiVersion: text(TEXTS.apiVersion),
        items: {
          description: `List of ${type.resource}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`,
          type: 'array',
          items: refTo(name),
        },
        kind: text(TEXTS.kind),
        metadata: described(TEXTS.listMetadata, `${META}.ListMeta`),
      },
      'x-kubernetes-group-version-kind': kindOf(listKind),
    },
  };
}

function objectSchema({ schema }: PublishedKind, version: 2 | 3, meta: Json): Json {
  // kubectl would refuse every field beside the few that the second version could name.
  if (version === 2 && schema['x-kubernetes-preserve-unknown-fields']) return { type: 'object' };
  const plain = version === 2 ? plainSchema(schema) : (withAlternatives(schema as Json) as Json);
  const properties = plain.properties as Json | undefined;
  return { ...plain, type: 'object', properties: { ...properties, ...meta } };
}

const INT_OR_STRING = 'x-kubernetes-int-or-string';

/** withAlternatives says of integers or texts that they are either, where the schema leaves that out. */
function withAlternatives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withAlternatives);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.entries(value).map(([name, one]) => [name, withAlternatives(one)]);
  const isEither = INT_OR_STRING in value && value[INT_OR_STRING] === true && !('anyOf' in value);
  const alternatives = isEither ? { anyOf: [{ type: 'integer' }, { type: 'string' }] } : {};
  return { ...alternatives, ...Object.fromEntries(copy) };
}
