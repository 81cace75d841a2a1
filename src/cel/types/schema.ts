import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  type ListMerge,
  listOf,
  mapOf,
  STRING,
  type StructField,
  structType,
  TIMESTAMP,
} from './type.ts';

/** SchemaNode is the part of an OpenAPI schema that the types of expressions are made of. */
export interface SchemaNode {
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

const MAX_REQUEST_BYTES = 3 * 1024 * 1024;
const MAX_TEXT = MAX_REQUEST_BYTES - 2;
const RESERVED: ReadonlySet<string> = new Set(
  (
    'true false null in as break const continue else for function if import let loop package ' +
    'namespace return var void while'
  ).split(' '),
);
const ESCAPES: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** escapeName answers the name by which expressions see a property; undefined when they cannot. */
export function escapeName(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined;
  return name.replaceAll(/__|[-./]/g, (part) => ESCAPES[part] ?? part);
}

function sized(type: CelType, maxElements: number, minBytes: number): CelType {
  return { ...type, size: { maxElements, minBytes } };
}

function textType(node: SchemaNode): CelType {
  const length = node.maxLength === undefined ? undefined : Math.max(0, node.maxLength);
  switch (node.format) {
    case 'byte':
      return sized(BYTES, length ?? MAX_TEXT, 2);
    case 'duration':
      return sized(DURATION, 32, 3);
    case 'date':
      return sized(TIMESTAMP, 12, 12);
    case 'date-time':
      return sized(TIMESTAMP, 32, 21);
    default:
      return sized(STRING, length === undefined ? longestText(node.enum) : length * 4, 2);
  }
}

function longestText(values: readonly unknown[] | undefined): number {
  if (!values || values.length === 0) return MAX_TEXT;
  return Math.max(
    0,
    ...values.map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : 0)),
  );
}

function mergeOf(node: SchemaNode): ListMerge | undefined {
  if (node['x-kubernetes-list-type'] === 'set') return { kind: 'set' };
  if (node['x-kubernetes-list-type'] !== 'map') return undefined;
  return { kind: 'map', keys: node['x-kubernetes-list-map-keys'] ?? [] };
}

const META: SchemaNode = {
  type: 'object',
  properties: { name: { type: 'string' }, generateName: { type: 'string' } },
};

function withMeta(node: SchemaNode): SchemaNode {
  const text: SchemaNode = { type: 'string' };
  return {
    ...node,
    properties: { ...node.properties, kind: text, apiVersion: text, metadata: META },
  };
}

const minBytesOf = (type: CelType) => type.size?.minBytes ?? 2;

function listType(node: SchemaNode, name: string): CelType | undefined {
  if (!node.items) return undefined;
  const element = partType(node.items, `${name}.@idx`);
  if (!element) return undefined;
  const most = Math.floor(MAX_TEXT / (minBytesOf(element) + 1));
  const maxElements = node.maxItems === undefined ? most : Math.max(0, node.maxItems);
  const merge = mergeOf(node);
  return listOf(element, { size: { maxElements, minBytes: 2 }, ...(merge && { merge }) });
}

function mapType(values: SchemaNode, node: SchemaNode, name: string): CelType | undefined {
  const value = partType(values, `${name}.@elem`);
  if (!value) return undefined;
  const most = Math.floor(MAX_TEXT / (minBytesOf(value) + 6));
  const maxElements = node.maxProperties === undefined ? most : Math.max(0, node.maxProperties);
  return mapOf(sized(STRING, 0, 2), value, { size: { maxElements, minBytes: 2 } });
}

function objectType(node: SchemaNode, name: string): CelType | undefined {
  const { additionalProperties: values } = node;
  if (typeof values === 'object') return mapType(values, node, name);
  const fields = new Map<string, StructField>();
  const required = new Set(node.required);
  let minBytes = 2;
  for (const [jsonName, property] of Object.entries(node.properties ?? {})) {
    const field = escapeName(jsonName);
    const type = partType(property, `${name}.${field ?? jsonName}`);
    if (!type) continue;
    if (field !== undefined) fields.set(field, { jsonName, type });
    if (required.has(jsonName) && property.default === undefined)
      minBytes += Buffer.byteLength(jsonName) + minBytesOf(type) + 4;
  }
  return structType(name, fields, { maxElements: 0, minBytes });
}

function partType(node: SchemaNode, name: string): CelType | undefined {
  return schemaType(node, name, node['x-kubernetes-embedded-resource'] === true);
}

/**
 * schemaType is the type of what a structural schema describes; `name` is the name of the struct
 * and the beginning of the names of those inside it. With `isResource` the name and the type of an
 * object are there even if the schema does not say so. Undefined for what a schema leaves open,
 * which expressions cannot see. Sizes are bounded by the schema, or by that of a request.
 */
export function schemaType(
  node: SchemaNode,
  name: string,
  isResource: boolean,
): CelType | undefined {
  if (node['x-kubernetes-int-or-string']) {
    const most = node.maxLength === undefined ? MAX_TEXT : Math.max(0, node.maxLength) * 4;
    return sized(DYN, most, 1);
  }
  const own = isResource ? withMeta(node) : node;
  switch (own.type) {
    case 'array':
      return listType(own, name);
    case 'object':
      return objectType(own, name);
    case 'string':
      return textType(own);
    case 'boolean':
      return sized(BOOL, 0, 4);
    case 'number':
      return sized(DOUBLE, 0, 1);
    case 'integer':
      return sized(INT, 0, 1);
    default:
      return undefined;
  }
}
