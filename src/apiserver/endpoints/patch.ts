import {
  conversionProblem,
  StrategicMergeError,
  schemaOf,
  strategicMergePatch,
} from '../../apis/schema/index.ts';
import { invalid } from '../../machinery/field-error.ts';
import { JsonPatchError, type JsonPatchOperation, jsonPatch } from '../../machinery/json-patch.ts';
import { jsonSyntaxError } from '../../machinery/json-syntax-error.ts';
import { goText, isJsonObject, type JsonObject, jsonTypeOf } from '../../machinery/json-value.ts';
import { mergePatch } from '../../machinery/merge-patch.ts';
import { apiVersionOf, type KubeObject } from '../../machinery/object.ts';
import {
  newBadRequest,
  newFailure,
  newInvalid,
  newPatchTypeNotSupported,
  newRequestEntityTooLarge,
  newUnsupportedMediaType,
  type StatusError,
} from '../../machinery/status-error.ts';
import { cloneJson } from '../registry/clone.ts';
import type { Change } from '../registry/update-object.ts';
import { headerOf } from '../request/core-request.ts';
import { checkPatchedKind } from '../request/custom-kind.ts';
import { type DecodedBody, plainBody, readSent } from '../request/decode-body.ts';
import { checkPlace, kindProblem, structureObject } from '../request/decode-object.ts';
import { checkDepth, strictFindings } from '../request/json-fields.ts';
import { APPLY_PATCH, parseMediaType } from '../request/media-type.ts';
import { applyChange, readConfiguration } from './apply.ts';
import type { Call } from './call.ts';
import { patchedText } from './patched-text.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
/** CUSTOM are the patches of resources that have no schema in the catalogue. */
const CUSTOM = [JSON_PATCH, MERGE_PATCH, APPLY_PATCH] as const;
const PATCHES = [...CUSTOM, STRATEGIC_PATCH] as const;

type PatchType = (typeof PATCHES)[number];
const MAX_OPERATIONS = 10_000;
/** DECODING begins what is said of patches that cannot be read, but for strategic ones. */
const DECODING = 'error decoding patch: ';

/** PatchPlan is a patch that has been read: how it changes an object. */
export interface PatchPlan {
  readonly change: Change;
  readonly createMissing: boolean;
  /** True for server-side apply, which keeps the books of field ownership itself. */
  readonly isApply: boolean;
}

/** patchTypeOf is the type of the patch that a request carries. Throws 415 for one that is not taken. */
export function patchTypeOf({ request, served }: Pick<Call, 'request' | 'served'>): PatchType {
  const { type } = parseMediaType(headerOf(request.headers, 'content-type'));
  const isCustom = served.definition.structure !== undefined;
  const found = (isCustom ? CUSTOM : PATCHES).find((one) => one === type);
  if (found) return found;
  throw isCustom ? newUnsupportedMediaType(CUSTOM) : newPatchTypeNotSupported();
}

/** patchChange reads the patch in the body of a request. */
export async function patchChange(call: Call): Promise<PatchPlan> {
  const type = patchTypeOf(call);
  const isApply = type === APPLY_PATCH;
  if (isApply) {
    const config = await readConfiguration(call);
    return {
      change: (current) => applyChange(call, config(), current),
      createMissing: true,
      isApply,
    };
  }
  const apply = applierOf(type, call.served.form.definition);
  const prefix = type === STRATEGIC_PATCH ? '' : DECODING;
  const read = await readSent(call.request, (sent) =>
    'bytes' in sent ? parsePatch(sent.bytes.toString('utf8'), prefix) : plainBody(sent.object),
  );
  const change: Change = (current) => {
    const patch = read();
    const patched = apply(current, patch.value);
    const about = { current, patch: patch.value };
    const shown = () =>
      type === STRATEGIC_PATCH ? goText(patch.value) : patchedText(call.served, about, apply);
    const isConverted = type === STRATEGIC_PATCH;
    return restructure(call, patched, { current, shown, isConverted, findings: patch.findings });
  };
  return { change, createMissing: false, isApply };
}

/** parsePatch reads the text of a patch; what is no JSON is refused in a text that begins with `prefix`. */
function parsePatch(text: string, prefix: string): DecodedBody {
  checkDepth(text);
  try {
    const value: unknown = JSON.parse(text);
    // The text is the patch, not the object: only its duplicates are in the text's order.
    const findings: DecodedBody['findings'] = (unknown) => [
      ...strictFindings(text),
      ...plainBody(value).findings([...unknown].sort()),
    ];
    return { value, findings };
  } catch (error) {
    throw newBadRequest(`${prefix}${jsonSyntaxError(text)}`, error);
  }
}

/** patchObject takes a patch that must be an object; throws 400 in the words of Go's decoder. */
function patchObject(patch: unknown, prefix: string): JsonObject {
  if (isJsonObject(patch)) return patch;
  throw newBadRequest(
    `${prefix}json: cannot unmarshal ${jsonTypeOf(patch)} into Go value of type map[string]interface {}`,
  );
}

function applyMerge(current: unknown, patch: unknown): unknown {
  if (patch === null) throw newBadRequest('Invalid JSON Patch');
  return mergePatch(current, patchObject(patch, DECODING));
}

type Applier = (current: unknown, patch: unknown) => unknown;

function applierOf(type: Exclude<PatchType, typeof APPLY_PATCH>, definition: string): Applier {
  switch (type) {
    case JSON_PATCH:
      return applyJsonPatch;
    case MERGE_PATCH:
      return applyMerge;
    case STRATEGIC_PATCH:
      return (current, patch) => applyStrategic(definition, current, patch);
  }
}

function applyJsonPatch(current: unknown, patch: unknown): unknown {
  if (patch === null) return current;
  if (!Array.isArray(patch)) throw newPatchType(patch, '[]handlers.jsonPatchOp');
  for (const one of patch) checkOperation(one);
  if (patch.length > MAX_OPERATIONS) {
    throw newRequestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
    );
  }
  try {
    const operations = patch.map((one: unknown) => one ?? {});
    return jsonPatch(current, operations as JsonPatchOperation[]);
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    throw newPatchFailed('the server rejected our request due to an error in our request', error);
  }
}

/** checkOperation demands an object whose `op`, `path` and `from` are texts. Throws 400. */
function checkOperation(operation: unknown): void {
  if (operation === null) return;
  if (!isJsonObject(operation)) throw newPatchType(operation, 'handlers.jsonPatchOp');
  for (const field of ['op', 'path', 'from']) {
    const value = operation[field] ?? '';
    if (typeof value === 'string') continue;
    throw newBadRequest(
      `${DECODING}json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field jsonPatchOp.${field} of type string`,
    );
  }
}

function newPatchType(met: unknown, type: string): StatusError {
  return newBadRequest(
    `${DECODING}json: cannot unmarshal ${jsonTypeOf(met)} into Go value of type ${type}`,
  );
}

function applyStrategic(definition: string, current: unknown, patch: unknown): unknown {
  const object = patchObject(patch ?? {}, '');
  try {
    return strategicMergePatch(schemaOf(definition), current, object);
  } catch (error) {
    if (!(error instanceof StrategicMergeError)) throw error;
    if (error.code === 400) throw newBadRequest(error.message, error);
    throw newPatchFailed(error.message, error);
  }
}

/** newPatchFailed: 422, the patch does not apply. Upstream keeps most of the reasons to itself. */
function newPatchFailed(message: string, cause: unknown): StatusError {
  return newFailure({ code: 422, reason: 'Invalid', message, details: {}, cause });
}

/** restructure checks what a patch made, as if it had been sent whole. */
function restructure(
  call: Call,
  patched: unknown,
  about: {
    readonly current: KubeObject | undefined;
    readonly shown: () => string;
    /** True where upstream converts the result instead of decoding it: it has other words then. */
    readonly isConverted: boolean;
    readonly findings: DecodedBody['findings'];
  },
): KubeObject {
  const { form, definition } = call.served;
  const value = cloneJson(patched);
  if (!isJsonObject(value)) throw newBadRequest('the patch does not answer an object');
  value.metadata ??= {};
  const refuse = (text: string) => {
    const converted = about.isConverted && conversionProblem(schemaOf(form.definition), patched);
    const problem = converted || text;
    return newInvalid({ group: '', kind: '' }, '', [invalid('patch', about.shown(), problem)]);
  };
  if (form.structure && !value.kind) throw refuse(`Object 'Kind' is missing in '${about.shown()}'`);
  if (form.structure) checkPatchedKind(value, form);
  const { kind, apiVersion } = value;
  // The converter looks at fields only: what calls itself something else is the kind of the path.
  if (about.isConverted && typeof kind === 'string' && typeof apiVersion === 'string') {
    Object.assign(value, { kind: form.kind, apiVersion: apiVersionOf(form) });
  }
  const problem = form.structure ? undefined : kindProblem(value, form);
  if (problem !== undefined) throw refuse(problem);
  const { context } = call;
  const object = structureObject(value, form, { context, findings: about.findings, refuse });
  const { namespaced } = definition.type;
  const name = about.current?.metadata.name ?? call.info.name;
  checkPlace(object, { namespaced, namespace: context.namespace, name });
  return object;
}
