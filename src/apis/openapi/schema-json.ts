import {
  type DefinitionFact,
  definitionFact,
  type FieldFact,
  hasDefinition,
} from '../schema/catalogue.ts';
import { SHARED_GROUP_VERSIONS, type ShownFact, shownFact } from './openapi-facts.ts';
import type { Descriptions, Json } from './openapi-resource.ts';

/** SchemaStyle is how one version of OpenAPI writes schemas. */
export interface SchemaStyle {
  readonly version: 2 | 3;
  readonly descriptions: Descriptions;
  /** True in a document of custom resources only: it knows of fewer groups. */
  readonly isCustom?: boolean;
}

/** The groups whose kinds documents of custom resources do not know. */
const NOT_OF_CLIENTS = ['admission', 'apiextensions', 'apiregistration', 'imagepolicy'].map(
  (one) => `${one}.k8s.io/`,
);

const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const EXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';
/** Kinds that may hold any JSON value, of which documents say nothing. */
const ANYTHING: ReadonlySet<string> = new Set(
  ['JSON', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrStringArray'].map(
    (kind) => `${EXTENSIONS}.${kind}`,
  ),
);
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/** refTo is the reference to a definition. */
export function refTo(name: string, version: 2 | 3): Json {
  return { $ref: `#/${version === 2 ? 'definitions' : 'components/schemas'}/${name}` };
}

/** The Go zero value of an element, which documents show as its default where they have one. */
function zeroOf(type: string): unknown {
  if (type.startsWith('@')) return definitionOf(type.slice(1)).fact.fields ? {} : undefined;
  if (type === 'string') return '';
  if (type.startsWith('integer')) return 0;
  return type === 'boolean' ? false : undefined;
}

/** elementJson is the schema of an item or a value; version 3 shows what Go makes of an absent one. */
function elementJson(type: string, style: Style): Json {
  const schema = typeJson(type, style);
  const zero = style.version === 3 ? zeroOf(type) : undefined;
  if (zero === undefined) return schema;
  return '$ref' in schema ? { default: zero, allOf: [schema] } : { ...schema, default: zero };
}

/** Style is how one definition is written: `rename` turns names of the catalogue into those of documents. */
interface Style {
  readonly version: 2 | 3;
  rename(name: string): string;
}

function typeJson(type: string, style: Style): Json {
  if (type.startsWith('@')) return refTo(style.rename(type.slice(1)), style.version);
  const inner = type.slice(1, -1);
  if (type.startsWith('[')) return { type: 'array', items: elementJson(inner, style) };
  if (type.startsWith('{')) {
    return { type: 'object', additionalProperties: elementJson(inner, style) };
  }
  if (type === 'any') return {};
  if (type === 'int-or-string') return intOrString(style.version);
  const [name, format] = type.split('/');
  return format === undefined ? { type: name } : { type: name, format };
}

function intOrString(version: 2 | 3): Json {
  if (version === 2) return { type: 'string', format: 'int-or-string' };
  return { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };
}

function extensions(fact: FieldFact): Json {
  const result: Json = {};
  if (fact.mapKeys) result['x-kubernetes-list-map-keys'] = fact.mapKeys;
  if (fact.listType) result['x-kubernetes-list-type'] = fact.listType;
  if (fact.mapType) result['x-kubernetes-map-type'] = fact.mapType;
  if (fact.patchMergeKey) result['x-kubernetes-patch-merge-key'] = fact.patchMergeKey;
  if (fact.patchStrategy) result['x-kubernetes-patch-strategy'] = fact.patchStrategy;
  return result;
}

/** What is told of one field. */
interface ShownField {
  readonly name: string;
  readonly fact: FieldFact;
  readonly text: string | undefined;
  readonly shown: ShownFact;
}

/** withEnum adds the values of a field, or of its items. */
function withEnum(schema: Json, values: readonly string[] | undefined): Json {
  if (values === undefined) return schema;
  for (const inner of ['items', 'additionalProperties']) {
    const one = schema[inner];
    if (typeof one === 'object') return { ...schema, [inner]: { ...one, enum: values } };
  }
  return { ...schema, enum: values };
}

function defaultOf({ name, fact, shown }: ShownField): unknown {
  if (shown.zero?.includes(name)) return zeroOf(fact.type);
  return shown.defaults?.[name] ?? fact.default;
}

function fieldJson(field: ShownField, style: Style): Json {
  const { fact, text, name, shown } = field;
  const schema = withEnum(typeJson(fact.type, style), shown.enums?.[name] ?? fact.enum);
  const shownDefault = style.version === 3 ? defaultOf(field) : undefined;
  const about: Json = text === undefined ? {} : { description: text };
  const defaults: Json = shownDefault === undefined ? {} : { default: shownDefault };
  const isBare = text === undefined && shownDefault === undefined;
  if (style.version === 3 && '$ref' in schema && !isBare)
    return { ...about, ...defaults, allOf: [schema], ...extensions(fact) };
  const { type, format, ...more } = schema;
  const head = {
    ...(type === undefined ? {} : { type }),
    ...(format === undefined ? {} : { format }),
  };
  return { ...about, ...head, ...defaults, ...more, ...extensions(fact) };
}

/** The group-version-kinds of a definition; OpenShift's follow from its name. */
function kindsOf(name: string, fact: DefinitionFact, isCustom = false): Json[] {
  const kindName = name.slice(name.lastIndexOf('.') + 1);
  const groupVersions = isCustom
    ? SHARED_GROUP_VERSIONS.filter((one) => !NOT_OF_CLIENTS.some((group) => one.startsWith(group)))
    : SHARED_GROUP_VERSIONS;
  const shared = groupVersions.map((one) => `${one}/${kindName}`);
  const texts = fact.gvk === 'shared' ? shared : (fact.gvk ?? openshiftKind(name, fact));
  return texts.map((text) => {
    const parts = text.split('/');
    const [group = '', version = '', kind = ''] = parts.length === 3 ? parts : ['', ...parts];
    return { group, kind, version };
  });
}

function openshiftKind(name: string, fact: DefinitionFact): string[] {
  const [, group, version, kind] =
    /^com\.github\.openshift\.api\.(\w+)\.(\w+)\.(\w+)$/.exec(name) ?? [];
  const isKind = fact.fields !== undefined && 'kind' in fact.fields && 'apiVersion' in fact.fields;
  return isKind && kind !== undefined ? [`${group}.openshift.io/${version}/${kind}`] : [];
}

interface Definition {
  readonly fact: DefinitionFact;
  /** Its name in the catalogue. */
  readonly name: string;
  rename(name: string): string;
}

/**
 * definitionOf finds what a name in a document stands for: the catalogue has each kind in one
 * version, documents have it in every version that is served.
 */
function definitionOf(name: string): Definition {
  if (hasDefinition(name)) return { fact: definitionFact(name), name, rename: (one) => one };
  const [, group = '', version = '', kind = ''] = /^(.*)\.(v\w+)\.(\w+)$/.exec(name) ?? [];
  const known = `${group}.v1.${kind}`;
  const rename = (one: string) =>
    one.startsWith(`${group}.v1.`) ? one.replace(`${group}.v1.`, `${group}.${version}.`) : one;
  return { fact: definitionFact(known), name: known, rename };
}

function textsOf(name: string, known: string, { descriptions }: SchemaStyle) {
  return descriptions[name] ?? descriptions[known] ?? {};
}

/** schemaJson writes one definition, by its name in documents. */
export function schemaJson(name: string, style: SchemaStyle): Json {
  const { fact, name: known, rename } = definitionOf(name);
  const texts = textsOf(name, known, style);
  const own = { version: style.version, rename };
  const head: Json = texts[''] === undefined ? {} : { description: texts[''] };
  if (known === INT_OR_STRING) return { ...head, ...intOrString(style.version) };
  if (known === QUANTITY && style.version === 3)
    return { ...head, oneOf: [{ type: 'string' }, { type: 'number' }] };
  if (ANYTHING.has(known)) return head;
  if (fact.fields === undefined) return { ...head, ...typeJson(fact.type ?? 'object', own) };
  const shown = shownFact(name);
  const properties = Object.entries(fact.fields).map(([field, one]) => {
    const full = typeof one === 'string' ? { type: one } : one;
    return [field, fieldJson({ name: field, fact: full, text: texts[field], shown }, own)];
  });
  const required = shown.required ?? fact.required ?? [];
  const kinds = kindsOf(known, fact, style.isCustom).map((one) => renamedKind(one, known, name));
  return {
    ...head,
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(properties),
    ...(kinds.length > 0 ? { 'x-kubernetes-group-version-kind': kinds } : {}),
    ...(fact.mapType ? { 'x-kubernetes-map-type': fact.mapType } : {}),
    ...(shown.unions ? { 'x-kubernetes-unions': shown.unions } : {}),
  };
}

function renamedKind(kind: Json, known: string, name: string): Json {
  return known === name ? kind : { ...kind, version: name.split('.').at(-2) };
}

/** referencedBy are the definitions that a definition's fields name. */
function referencedBy(name: string): string[] {
  const { fact, rename } = definitionOf(name);
  return Object.values(fact.fields ?? {}).flatMap((one) => {
    const found = /@([^\]}]+)/.exec(typeof one === 'string' ? one : one.type);
    return found?.[1] === undefined ? [] : [rename(found[1])];
  });
}

/** reachableFrom are the given definitions and all that they need, sorted. */
export function reachableFrom(names: Iterable<string>): string[] {
  const found = new Set<string>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    queue.push(...referencedBy(name));
  }
  return [...found].sort();
}
