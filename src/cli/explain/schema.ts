/** SchemaNode is a schema of an OpenAPI document, version 2 or 3. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly allOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

/** Definitions are the named schemas of a document. */
export type Definitions = Readonly<Record<string, SchemaNode>>;

/** Shape is a schema as `explain` sees it. */
export type Shape =
  | { readonly is: 'reference'; readonly name: string }
  | { readonly is: 'array' | 'map'; readonly of: SchemaNode }
  | {
      readonly is: 'object';
      readonly fields: Readonly<Record<string, SchemaNode>>;
      readonly required: readonly string[];
    }
  | { readonly is: 'primitive'; readonly type: string }
  | { readonly is: 'anything' };

function referenceOf(node: SchemaNode): string | undefined {
  const [only, ...more] = node.allOf ?? [];
  const ref = node.$ref ?? (more.length === 0 ? only?.$ref : undefined);
  return ref?.slice(ref.lastIndexOf('/') + 1);
}

/** shapeOf tells what a schema is. */
export function shapeOf(node: SchemaNode): Shape {
  const name = referenceOf(node);
  if (name !== undefined) return { is: 'reference', name };
  if (node.properties)
    return { is: 'object', fields: node.properties, required: node.required ?? [] };
  if (node.type === 'array') return { is: 'array', of: node.items ?? {} };
  if (node.type === 'object') {
    const { additionalProperties: of } = node;
    return { is: 'map', of: typeof of === 'object' ? of : {} };
  }
  if (node.type) return { is: 'primitive', type: node.type };
  // Quantities and int-or-string are a union in version 3 and a string in version 2.
  const isText =
    node.format === 'int-or-string' || node.oneOf?.some(({ type }) => type === 'string');
  return isText ? { is: 'primitive', type: 'string' } : { is: 'anything' };
}

/** typeName is a type as `explain` writes it: `[]Object`, `map[string]string`. */
export function typeName(node: SchemaNode, definitions: Definitions): string {
  const seen = new Set<string>();
  const nameOf = (one: SchemaNode): string => {
    const shape = shapeOf(one);
    if (shape.is === 'array') return `[]${nameOf(shape.of)}`;
    if (shape.is === 'map') return `map[string]${nameOf(shape.of)}`;
    if (shape.is === 'primitive') return shape.type;
    if (shape.is === 'anything') return '';
    if (shape.is !== 'reference' || seen.has(shape.name)) return 'Object';
    seen.add(shape.name);
    return nameOf(definitions[shape.name] ?? {});
  };
  return nameOf(node);
}

/** findField walks down a path of fields, through lists, maps and references. */
export function findField(
  root: SchemaNode,
  path: readonly string[],
  definitions: Definitions,
): { readonly node: SchemaNode } | { readonly missing: string } {
  let node = root;
  let at = 0;
  while (at < path.length) {
    const shape = shapeOf(node);
    if (shape.is === 'primitive' || shape.is === 'anything') return { node };
    if (shape.is === 'reference') node = definitions[shape.name] ?? {};
    else if (shape.is !== 'object') node = shape.of;
    else {
      const field = path[at] ?? '';
      const next = shape.fields[field];
      if (!next) return { missing: field };
      node = next;
      at += 1;
    }
  }
  return { node };
}
