/** OpenApiSubresource is the part of a definition's subresource that a document tells. */
export interface OpenApiSubresource {
  readonly kind: 'status' | 'scale' | 'update' | 'create' | 'get' | 'connect';
  readonly putOnly?: boolean;
  readonly input?: KindOf;
  readonly output?: KindOf;
  readonly methods?: readonly string[];
  readonly outputKind?: string;
}

/** KindOf names a kind and its schema in the catalogue. */
export interface KindOf {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly definition: string;
}

/**
 * OpenApiResource is the part of a resource definition that a document tells. The API server's
 * `ResourceDefinition` has this shape.
 */
export interface OpenApiResource {
  readonly type: {
    readonly group: string;
    readonly version: string;
    readonly resource: string;
    readonly kind: string;
    readonly namespaced: boolean;
  };
  readonly definition: string;
  /** The schemas of the kind and its list, where the catalogue does not have them, by name. */
  schemas?(version: 2 | 3): Readonly<Record<string, Json>>;
  /** Present for a resource that is computed: which verbs it has. */
  readonly storage?: object;
  readonly strategy?: {
    readonly noDeleteCollection?: boolean;
    readonly returnsDeletedObject?: boolean;
    readonly holdsDeletion?: unknown;
  };
  readonly subresources?: Readonly<Record<string, OpenApiSubresource>>;
}

/**
 * Descriptions are sentences for people, by definition and field; the empty field is the
 * definition itself. What begins with `parameters` is of the parameters of operations.
 */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Json is a JSON object of a document. */
export type Json = Record<string, unknown>;

/** groupPath is `api/v1` or `apis/GROUP/VERSION`. */
export function groupPath({ group, version }: { group: string; version: string }): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}
