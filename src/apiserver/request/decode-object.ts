import {
  applySchemaDefaults,
  pruneUnknown,
  schemaOf,
  validateSchema,
} from '../../apis/schema/index.ts';
import type { JsonObject } from '../../machinery/json-value.ts';
import { apiVersionOf, type KubeObject } from '../../machinery/object.ts';
import { newBadRequest, type StatusError } from '../../machinery/status-error.ts';
import type { Strategy } from '../resource-definition.ts';
import type { CoreRequest } from './core-request.ts';
import { asJsonObject, readBody } from './decode-body.ts';
import type { OperationContext } from './operation-context.ts';

/** ObjectForm is the kind of object that a request carries. */
export interface ObjectForm {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The name of its schema in the catalogue. */
  readonly definition: string;
  readonly defaults?: Strategy<KubeObject>['defaults'] | undefined;
}

/** decodeObject reads, checks, prunes and defaults the object in the body of a request. */
export async function decodeObject(
  request: CoreRequest,
  form: ObjectForm,
  context: OperationContext,
): Promise<KubeObject> {
  const body = await readBody(request, {
    duplicates: context.fieldValidation !== 'Ignore',
    definition: form.definition,
  });
  const value = body === undefined ? {} : asJsonObject(body);
  checkKind(value, form);
  const duplicates = (body?.duplicates ?? []).map((path) => `duplicate field "${path}"`);
  return structureObject(value, form, {
    context,
    duplicates,
    refuse: (text) => newUndecodable(form, text),
  });
}

/** StructureRules says how structureObject answers what it finds. */
export interface StructureRules {
  readonly context: OperationContext;
  /** Texts such as `duplicate field "data.a"`, found while parsing. */
  readonly duplicates: readonly string[];
  /** Words the refusal of an object that cannot be decoded. */
  refuse(text: string): StatusError;
}

/** structureObject checks a value against its schema, prunes and defaults it in place. */
export function structureObject(
  value: JsonObject,
  form: ObjectForm,
  rules: StructureRules,
): KubeObject {
  const schema = schemaOf(form.definition);
  const report = validateSchema(schema, value);
  const [first] = report.errors;
  if (first) throw rules.refuse(first.body);
  const unknown = report.unknownFields.map((path) => `unknown field "${path}"`);
  reportStrict([...unknown, ...rules.duplicates], rules);
  const object = pruneUnknown(schema, value) as unknown as KubeObject;
  object.metadata ??= {};
  applySchemaDefaults(schema, object);
  form.defaults?.(object);
  return object;
}

function reportStrict(texts: readonly string[], rules: StructureRules): void {
  const { context } = rules;
  if (texts.length === 0 || context.fieldValidation === 'Ignore') return;
  if (context.fieldValidation === 'Strict') {
    throw rules.refuse(`strict decoding error: ${texts.join(', ')}`);
  }
  for (const text of texts) context.warn(text);
}

function newUndecodable(form: ObjectForm, text: string) {
  const { kind, version } = form;
  return newBadRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${text}`);
}

/** checkKind compares kind and apiVersion with what the path serves, and fills in what is missing. */
export function checkKind(value: JsonObject, form: ObjectForm): void {
  const expected = apiVersionOf(form);
  const { kind = form.kind, apiVersion = expected } = value;
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') {
    throw newBadRequest('kind and apiVersion must be strings');
  }
  if (kind !== form.kind) {
    const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
    throw newBadRequest(
      `${kind} in version "${version}" cannot be handled as a ${form.kind}: converting (${apiVersion}.${kind}) to (${expected}.${form.kind}): unknown conversion`,
    );
  }
  if (apiVersion !== expected) {
    throw newBadRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  value.kind = kind;
  value.apiVersion = apiVersion;
}

/** checkPlace compares name and namespace of an object with those of the path, and fills them in. */
export function checkPlace(
  object: KubeObject,
  place: { readonly namespaced: boolean; readonly namespace: string; readonly name?: string },
): void {
  const { metadata } = object;
  if (place.name !== undefined) {
    metadata.name ||= place.name;
    if (metadata.name !== place.name) {
      throw newBadRequest(
        `the name of the object (${metadata.name}) does not match the name on the URL (${place.name})`,
      );
    }
  }
  if (!place.namespaced) {
    if (metadata.namespace === '') delete metadata.namespace;
    return;
  }
  metadata.namespace ||= place.namespace;
  if (metadata.namespace !== place.namespace) {
    throw newBadRequest(
      `the namespace of the provided object does not match the namespace sent on the request`,
    );
  }
}
