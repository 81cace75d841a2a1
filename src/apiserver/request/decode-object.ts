import {
  applySchemaDefaults,
  isKnownKind,
  pruneUnknown,
  schemaOf,
  validateSchema,
} from '../../apis/schema/index.ts';
import { jsonSyntaxError } from '../../machinery/json-syntax-error.ts';
import type { JsonObject } from '../../machinery/json-value.ts';
import { apiVersionOf, type KubeObject } from '../../machinery/object.ts';
import { newBadRequest, type StatusError } from '../../machinery/status-error.ts';
import type { ObjectStructure, ResourceDefinition, Strategy } from '../resource-definition.ts';
import type { CoreRequest } from './core-request.ts';
import { checkCustomVersion } from './custom-kind.ts';
import {
  type DecodedBody,
  demandBodyType,
  NO_KIND,
  newUnrecognized,
  objectOf,
  readBody,
  typeMetaProblem,
} from './decode-body.ts';
import type { OperationContext } from './operation-context.ts';
import { UndecodableError } from './undecodable-error.ts';

/** ObjectForm is the kind of object that a request carries. */
export interface ObjectForm {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The name of its schema in the catalogue. */
  readonly definition: string;
  /** Older versions of the group whose objects have the same form and are taken also. */
  readonly alsoVersions?: readonly string[] | undefined;
  /** Present where the catalogue does not have it. */
  readonly structure?: ObjectStructure | undefined;
  readonly defaults?: Strategy<KubeObject>['defaults'] | undefined;
}

/** formOf is the form of the objects of a definition. */
export function formOf({ type, definition, structure, strategy }: ResourceDefinition): ObjectForm {
  const { group, version, kind } = type;
  const defaults = strategy?.defaults?.bind(strategy);
  return { group, version, kind, definition, structure, defaults };
}

/** decodeObject reads, checks, prunes and defaults the object in the body of a request. */
export async function decodeObject(
  request: CoreRequest,
  form: ObjectForm,
  context: OperationContext,
): Promise<KubeObject> {
  demandBodyType(request, form);
  const body = await readBody(request, form);
  if (body === undefined) {
    const text = `${NO_KIND}${jsonSyntaxError('')}`;
    throw newUnrecognized(form.kind, { text, bytes: Buffer.alloc(0) });
  }
  const value = objectOf(body);
  if (form.structure) checkCustomBody(value, form, body);
  else checkKind(value, form);
  return structureObject(value, form, {
    context,
    findings: body.findings,
    refuse: (text, cause) => newUndecodable(form, text, cause),
  });
}

/** A custom resource that was sent as text says what it is; one from within the process may leave it out. */
function checkCustomBody(value: JsonObject, form: ObjectForm, { bytes }: DecodedBody): void {
  if (!bytes) {
    value.kind ??= form.kind;
    value.apiVersion ??= apiVersionOf(form);
  } else if (!value.kind) {
    const text = `Object 'Kind' is missing in '${bytes.toString('utf8')}'`;
    throw newUnrecognized(form.kind, { text, bytes });
  }
  checkCustomVersion(value, form);
}

/** StructureRules says how structureObject answers what it finds. */
export interface StructureRules {
  readonly context: OperationContext;
  /** Words what a strict decoder reports, given the unknown fields. */
  readonly findings: DecodedBody['findings'];
  /** Words the refusal of an object that cannot be decoded. */
  refuse(text: string, cause?: unknown): StatusError;
  /** True where nulls that the schema does not allow are left for the validation to find. */
  readonly keepsNulls?: boolean;
}

/** structureObject checks a value against its schema, prunes and defaults it in place. */
export function structureObject(
  value: JsonObject,
  form: ObjectForm,
  rules: StructureRules,
): KubeObject {
  if (form.structure) return structureCustom(form.structure, value, rules);
  const schema = schemaOf(form.definition);
  const report = validateSchema(schema, value);
  const [first] = report.errors;
  if (first) throw rules.refuse(first.body);
  const found = rules.findings(report.unknownFields);
  const forgets = isEmptyList((value.metadata as JsonObject | null | undefined)?.managedFields);
  const object = pruneUnknown(schema, value) as unknown as KubeObject;
  object.metadata ??= {};
  // This is one empty list that is not the same as none: nobody is to own anything any more.
  if (forgets) object.metadata.managedFields = [];
  applySchemaDefaults(schema, object);
  fillDefaults(object, form, rules);
  // Last: what cannot be decoded is told without what a strict decoder would say beside.
  reportStrict(found, rules);
  return object;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function fillDefaults(object: KubeObject, form: ObjectForm, rules: StructureRules): void {
  try {
    form.defaults?.(object);
  } catch (error) {
    if (error instanceof UndecodableError) throw rules.refuse(error.message, error);
    throw error;
  }
}

function structureCustom(
  structure: ObjectStructure,
  value: JsonObject,
  rules: StructureRules,
): KubeObject {
  const { error, unknownFields } = structure.decode(value, rules);
  if (error !== undefined) throw rules.refuse(error);
  const unknown = unknownFields.map((path) => `unknown field "${path}"`);
  reportStrict([...rules.findings([]), ...unknown], rules);
  const object = value as unknown as KubeObject;
  object.metadata ??= {};
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

function newUndecodable({ kind, version }: ObjectForm, text: string, cause?: unknown) {
  const message = `${kind} in version "${version}" cannot be handled as a ${kind}: ${text}`;
  return newBadRequest(message, cause);
}

/**
 * kindProblem compares kind and apiVersion with what the path serves, fills in what is missing,
 * and words what is wrong as upstream's scheme does; undefined: nothing.
 */
export function kindProblem(value: JsonObject, form: ObjectForm): string | undefined {
  const expected = apiVersionOf(form);
  const { group, alsoVersions = [] } = form;
  if (alsoVersions.some((version) => value.apiVersion === apiVersionOf({ group, version })))
    value.apiVersion = expected;
  const untyped = typeMetaProblem(value);
  if (untyped !== undefined) return untyped;
  const kind = String(value.kind || form.kind);
  const apiVersion = String(value.apiVersion || expected);
  if (kind !== form.kind || apiVersion !== expected) {
    if (!isKnownKind(apiVersion, kind)) {
      return `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${schemeOf(form)}"`;
    }
    return `converting (${goPackage(apiVersion)}.${kind}) to (${internalPackage(form.group)}.${form.kind}): unknown conversion`;
  }
  value.kind = kind;
  value.apiVersion = apiVersion;
  return undefined;
}

const SCHEME = 'pkg/api/legacyscheme/scheme.go:30';
const SCHEMES: Readonly<Record<string, string>> = {
  'apiextensions.k8s.io': 'k8s.io/apiextensions-apiserver/pkg/apiserver/apiserver.go:55',
  'apiregistration.k8s.io': 'k8s.io/kube-aggregator/pkg/apiserver/scheme/scheme.go:28',
};

/** schemeOf is where Go's errors say that the kinds of a server are registered. */
function schemeOf({ group }: ObjectForm): string {
  return SCHEMES[group] ?? SCHEME;
}

/** goPackage is how Go's errors name the package of a version: `v1`. */
function goPackage(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

/** internalPackage is the Go package of a group's internal types, as errors name it: `core`, `rbac`. */
export function internalPackage(group: string): string {
  return group === '' ? 'core' : group.split('.', 1).join('');
}

/** checkKind refuses an object of another kind or version than the path serves (400). */
function checkKind(value: JsonObject, form: ObjectForm): void {
  const problem = kindProblem(value, form);
  if (problem === undefined) return;
  const kind = value.kind || form.kind;
  const version = goPackage(String(value.apiVersion || apiVersionOf(form)));
  throw newBadRequest(
    `${kind} in version "${version}" cannot be handled as a ${form.kind}: ${problem}`,
  );
}

/** checkPlace compares name and namespace of an object with those of the path, and fills them in. */
export function checkPlace(
  object: KubeObject,
  place: { readonly namespaced: boolean; readonly namespace: string; readonly name?: string },
): void {
  checkNamespaceOf(object, place);
  if (place.name !== undefined) checkName(object, place.name);
}

function checkNamespaceOf(
  { metadata }: KubeObject,
  place: { readonly namespaced: boolean; readonly namespace: string },
): void {
  if (!place.namespaced) {
    // Whoever names a namespace where there is none is not refused: it counts for nothing.
    delete metadata.namespace;
    return;
  }
  metadata.namespace ||= place.namespace;
  if (metadata.namespace !== place.namespace) {
    throw newBadRequest(
      `the namespace of the provided object does not match the namespace sent on the request`,
    );
  }
}

function checkName({ metadata: { name } }: KubeObject, expected: string): void {
  if (!name) {
    throw newBadRequest(
      `the name of the object (${expected} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name !== expected) {
    throw newBadRequest(
      `the name of the object (${name}) does not match the name on the URL (${expected})`,
    );
  }
}
