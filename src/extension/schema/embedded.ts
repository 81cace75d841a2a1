import { pruneUnknown, schemaOf, validateSchema } from '../../apis/schema/index.ts';
import { metadataErrors } from '../../apiserver/registry/object-meta.ts';
import { type FieldError, invalid, required } from '../../machinery/field-error.ts';
import { childPath, indexPath, keyPath } from '../../machinery/field-path.ts';
import { goJson } from '../../machinery/go-json.ts';
import { isJsonObject, type JsonObject, jsonTypeOf } from '../../machinery/json-value.ts';
import type { ObjectMeta } from '../../machinery/meta/v1.ts';
import { dns1035LabelErrors } from '../../machinery/names.ts';
import { additionalSchema, type JsonSchema, propertyOf } from './json-schema.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** MetaReport is what was found in the metadata of objects. */
export interface MetaReport {
  error: string | undefined;
  readonly unknownFields: string[];
}

/** coerceMeta brings `metadata` of an object into the form of the API: types checked, the rest out. */
export function coerceMeta(object: JsonObject, path: string, report: MetaReport): void {
  const { metadata } = object;
  if (metadata === undefined) return;
  const schema = schemaOf(OBJECT_META);
  const place = childPath(path, 'metadata');
  const refuse = (text: string) => {
    report.error ??= path === '' ? text : `${place}: ${invalid(place, shown(metadata), text).body}`;
  };
  if (metadata === null) {
    // Inside an object it is there, but empty.
    if (path === '') delete object.metadata;
    else object.metadata = {};
    return;
  }
  if (!isJsonObject(metadata)) {
    refuse(`json: cannot unmarshal ${jsonTypeOf(metadata)} into Go value of type v1.ObjectMeta`);
    return;
  }
  const found = validateSchema(schema, metadata);
  const [first] = found.errors;
  if (first) refuse(first.body.replace('struct field .', 'struct field ObjectMeta.'));
  report.unknownFields.push(...found.unknownFields.map((one) => childPath(place, one)));
  if (!first) pruneUnknown(schema, metadata);
}

/** An object inside must say in texts what it is, where it does. */
function coerceTypes(object: JsonObject, path: string, report: MetaReport): void {
  for (const name of ['apiVersion', 'kind']) {
    const value = object[name];
    if (value === undefined || typeof value === 'string') continue;
    const place = childPath(path, name);
    report.error ??= `${place}: ${invalid(place, shown(value), 'must be a string').body}`;
  }
}

/** A value as Go's texts show one without a type: the keys sorted. */
function shown(value: unknown): unknown {
  return JSON.parse(goJson(value));
}

/** coerceEmbedded does the same in the objects that a schema says are inside a value. */
export function coerceEmbedded(
  schema: JsonSchema,
  value: unknown,
  path: string,
  report: MetaReport,
): void {
  if (Array.isArray(value)) {
    if (!schema.items) return;
    for (const [index, item] of value.entries()) {
      coerceEmbedded(schema.items, item, indexPath(path, index), report);
    }
    return;
  }
  if (!isJsonObject(value)) return;
  const isEmbedded = schema['x-kubernetes-embedded-resource'] && path !== '';
  if (isEmbedded) {
    coerceTypes(value, path, report);
    coerceMeta(value, path, report);
  }
  for (const [name, item] of Object.entries(value)) {
    if (isEmbedded && name === 'metadata') continue;
    const below = propertyOf(schema, name) ?? additionalSchema(schema);
    if (below) coerceEmbedded(below, item, childPath(path, name), report);
  }
}

/** embeddedErrors checks the types and the metadata of the objects that a schema says are inside a value. */
export function embeddedErrors(schema: JsonSchema, value: unknown, path = ''): FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items
      ? value.flatMap((item, index) => embeddedErrors(items, item, indexPath(path, index)))
      : [];
  }
  if (!isJsonObject(value)) return [];
  const own = schema['x-kubernetes-embedded-resource'] ? typeErrors(value, path) : [];
  const below = Object.entries(value).flatMap(([name, item]) => {
    const property = propertyOf(schema, name);
    if (property) return embeddedErrors(property, item, childPath(path, name));
    const additional = additionalSchema(schema);
    return additional ? embeddedErrors(additional, item, keyPath(path, name)) : [];
  });
  return [...own, ...below];
}

function typeErrors(object: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['apiVersion', 'kind'] as const) {
    const place = childPath(path, name);
    const value = object[name];
    if (!Object.hasOwn(object, name)) errors.push(required(place));
    else if (typeof value !== 'string') errors.push(invalid(place, value, 'must be a string'));
    else if (value === '') errors.push(invalid(place, value, 'must not be empty'));
    else errors.push(...(name === 'kind' ? kindErrors(value, place) : versionErrors(value, place)));
  }
  return [...errors, ...metaErrors(object, path)];
}

/** An object inside need not have a name; a namespace is looked at where it has one. */
function metaErrors({ metadata }: JsonObject, path: string): FieldError[] {
  if (!isJsonObject(metadata)) return [];
  const meta = { ...metadata, name: metadata.name || 'unnamed' } as ObjectMeta;
  const namespaced = (meta.namespace ?? '') !== '';
  const rules = { namespaced, nameRule: 'pathSegment', plainFinalizers: true } as const;
  return metadataErrors(rules, meta).map((error) => ({
    ...error,
    field: childPath(path, error.field),
  }));
}

function kindErrors(kind: string, path: string): FieldError[] {
  const errors = dns1035LabelErrors(kind.toLowerCase());
  if (errors.length === 0) return [];
  const text = `may have mixed case, but should otherwise match: ${errors.join(',')}`;
  return [invalid(path, kind, text)];
}

function versionErrors(apiVersion: string, path: string): FieldError[] {
  if (apiVersion.split('/').length <= 2) return [];
  return [invalid(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)];
}
