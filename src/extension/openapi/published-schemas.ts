import type { ResourceType } from '../../machinery/object.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { plainSchema } from './plain-schema.ts';
import { metaReference, shownSchema } from './shown-schema.ts';

type Json = Record<string, unknown>;

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
  /** The paths of the fields that field selectors may name, such as `.spec.color`. */
  readonly selectable: readonly string[];
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
  const text = (description: string) => ({ description, type: 'string' });
  const extensionsOf = (kind: string) => ({
    'x-kubernetes-group-version-kind': [{ group: type.group, kind, version: type.version }],
    ...(published.selectable.length > 0 && {
      'x-kubernetes-selectable-fields': published.selectable.map((one) => ({
        fieldPath: one.replace(/^\./, ''),
      })),
    }),
  });
  return {
    [name]: {
      ...objectSchema(published, version, {
        apiVersion: text(TEXTS.apiVersion),
        kind: text(TEXTS.kind),
        metadata: metaReference('ObjectMeta', TEXTS.metadata, version),
      }),
      ...extensionsOf(type.kind),
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
        metadata: metaReference('ListMeta', TEXTS.listMetadata, version),
      },
      ...extensionsOf(listKind),
    },
  };
}

function objectSchema({ schema }: PublishedKind, version: 2 | 3, meta: Json): Json {
  // kubectl would refuse every field beside the few that the second version could name.
  if (version === 2 && schema['x-kubernetes-preserve-unknown-fields']) return { type: 'object' };
  const plain = version === 2 ? plainSchema(schema) : (schema as Json);
  const properties = plain.properties as Json | undefined;
  return shownSchema({ ...plain, type: 'object', properties: { ...properties, ...meta } }, version);
}
