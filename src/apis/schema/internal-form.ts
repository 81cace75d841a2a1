import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import structs from '../catalogue/internal-structs.json' with { type: 'json' };
import { goForm } from './go-form.ts';
import { schemaOf } from './schema.ts';

/** By struct, in Go's order: the field of the API and the type, by the name of Go's field. */
const STRUCTS = structs as unknown as Readonly<Record<string, Readonly<Record<string, string>>>>;

/** InternalStruct names a struct of upstream's own form of an API: `core.PodSpec`. */
export type InternalStruct = keyof typeof structs;

/** A name that begins so is of a struct whose fields are in line. */
const INLINE = '~';

/** What is absent has the zero value of its type; pointers, lists and maps are null. */
const ZEROS: Readonly<Record<string, unknown>> = {
  string: '',
  bool: false,
  int: 0,
  quantity: '0',
  value: 0,
};

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/**
 * internalForm shows a part of an object as upstream's texts do, which print its own form of it and
 * not that of the API: all fields, by Go's names and in Go's order, with null for what is not set.
 */
export function internalForm(struct: InternalStruct, value: object): JsonObject {
  return formOfStruct(struct, value as JsonObject);
}

/** internalText is that form as lines of JSON, as upstream compares it. */
export function internalText(struct: InternalStruct, value: object): string {
  return JSON.stringify(internalForm(struct, value), null, 1);
}

function formOfStruct(struct: string, value: JsonObject): JsonObject {
  const form: JsonObject = {};
  const known = struct === POD_SPEC ? withHostFields(value) : value;
  for (const [name, text] of Object.entries(STRUCTS[struct] ?? {})) {
    const [field = '', type = ''] = text.split(' ');
    const made = formOf(type, known[field]);
    if (name.startsWith(INLINE)) Object.assign(form, made);
    else form[name] = made;
  }
  return form;
}

function formOf(type: string, value: unknown): unknown {
  if (type.startsWith('*')) return value === undefined ? null : formOf(type.slice(1), value);
  if (type.startsWith('[')) {
    return Array.isArray(value) ? value.map((one) => formOf(type.slice(1), one)) : null;
  }
  if (type.startsWith('=')) {
    return goForm(schemaOf(`${META}.${type.slice(1)}`), value ?? {});
  }
  if (type in STRUCTS) return formOfStruct(type, isJsonObject(value) ? value : {});
  if (type === 'map') return isJsonObject(value) ? sorted(value) : null;
  return value ?? ZEROS[type] ?? null;
}

function sorted(map: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const POD_SPEC = 'core.PodSpec';
const HOST_FIELDS = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'];

/** Upstream's own form has in the security context what the API has beside it. */
function withHostFields(spec: JsonObject): JsonObject {
  const set = HOST_FIELDS.filter((name) => spec[name] !== undefined);
  if (set.length === 0) return spec;
  const context = isJsonObject(spec.securityContext) ? spec.securityContext : {};
  const moved = Object.fromEntries(set.map((name) => [name, spec[name]]));
  return { ...spec, securityContext: { ...context, ...moved } };
}
