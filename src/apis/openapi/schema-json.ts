import { type DefinitionFact, definitionFact, type FieldFact } from '../schema/catalogue.ts';
import type { Descriptions, Json } from './openapi-resource.ts';

/** SchemaStyle is how one version of OpenAPI writes schemas. */
export interface SchemaStyle {
  readonly version: 2 | 3;
  readonly descriptions: Descriptions;
}

const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/** refTo is the reference to a definition. */
export function refTo(name: string, version: 2 | 3): Json {
  return { $ref: `#/${version === 2 ? 'definitions' : 'components/schemas'}/${name}` };
}

function typeJson(type: string, version: 2 | 3): Json {
  if (type.startsWith('@')) return refTo(type.slice(1), version);
  const inner = type.slice(1, -1);
  if (type.startsWith('[')) return { type: 'array', items: typeJson(inner, version) };
  if (type.startsWith('{'))
    return { type: 'object', additionalProperties: typeJson(inner, version) };
  if (type === 'any') return {};
  if (type === 'int-or-string') return intOrString(version);
  const [name, format] = type.split('/');
  return format === undefined ? { type: name } : { type: name, format };
}

function intOrString(version: 2 | 3): Json {
  if (version === 2) return { type: 'string', format: 'int-or-string' };
  return { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };
}

function extensions(fact: FieldFact): Json {
  const result: Json = {};
  if (fact.listType) result['x-kubernetes-list-type'] = fact.listType;
  if (fact.mapKeys) result['x-kubernetes-list-map-keys'] = fact.mapKeys;
  if (fact.mapType) result['x-kubernetes-map-type'] = fact.mapType;
  if (fact.patchMergeKey) result['x-kubernetes-patch-merge-key'] = fact.patchMergeKey;
  if (fact.patchStrategy) result['x-kubernetes-patch-strategy'] = fact.patchStrategy;
  return result;
}

/** A field without a description of its own is described as the kind that it refers to. */
function fieldText(fact: FieldFact | string, own: string | undefined, style: SchemaStyle) {
  const type = typeof fact === 'string' ? fact : fact.type;
  if (own !== undefined || !type.startsWith('@')) return own;
  return style.descriptions[type.slice(1)]?.[''];
}

function fieldJson(fact: FieldFact | string, text: string | undefined, style: SchemaStyle): Json {
  const full: FieldFact = typeof fact === 'string' ? { type: fact } : fact;
  const schema = typeJson(full.type, style.version);
  const rest: Json = { ...(text === undefined ? {} : { description: text }), ...extensions(full) };
  if (full.default !== undefined) rest.default = full.default;
  if (full.enum !== undefined) rest.enum = full.enum;
  if (style.version === 3 && '$ref' in schema && Object.keys(rest).length > 0)
    return { ...rest, allOf: [schema] };
  return { ...rest, ...schema };
}

/** The group-version-kinds of a definition; OpenShift's follow from its name. */
function kindsOf(name: string, fact: DefinitionFact): Json[] {
  const shared = [`v1/${name.slice(name.lastIndexOf('.') + 1)}`];
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
  return isKind ? [`${group}.openshift.io/${version}/${kind}`] : [];
}

/** schemaJson writes one definition of the catalogue. */
export function schemaJson(name: string, style: SchemaStyle): Json {
  const fact = definitionFact(name);
  const texts = style.descriptions[name] ?? {};
  const head: Json = texts[''] === undefined ? {} : { description: texts[''] };
  if (name === INT_OR_STRING) return { ...head, ...intOrString(style.version) };
  if (name === QUANTITY && style.version === 3)
    return { ...head, oneOf: [{ type: 'string' }, { type: 'number' }] };
  if (fact.fields === undefined)
    return { ...head, ...typeJson(fact.type ?? 'object', style.version) };
  const properties = Object.fromEntries(
    Object.entries(fact.fields).map(([field, one]) => [
      field,
      fieldJson(one, fieldText(one, texts[field], style), style),
    ]),
  );
  const kinds = kindsOf(name, fact);
  return {
    ...head,
    type: 'object',
    ...(fact.required?.length ? { required: fact.required } : {}),
    properties,
    ...(fact.mapType ? { 'x-kubernetes-map-type': fact.mapType } : {}),
    ...(kinds.length > 0 ? { 'x-kubernetes-group-version-kind': kinds } : {}),
  };
}

/** referencedBy are the definitions that a definition's fields name. */
function referencedBy(name: string): string[] {
  return Object.values(definitionFact(name).fields ?? {}).flatMap((fact) => {
    const found = /@([^\]}]+)/.exec(typeof fact === 'string' ? fact : fact.type);
    return found?.[1] === undefined ? [] : [found[1]];
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
