import { StrategicMergeError, schemaOf, strategicMergePatch } from '../../apis/schema/index.ts';
import { invalid } from '../../machinery/field-error.ts';
import { JsonPatchError, type JsonPatchOperation, jsonPatch } from '../../machinery/json-patch.ts';
import { jsonSyntaxError } from '../../machinery/json-syntax-error.ts';
import { goText, isJsonObject, type JsonObject, jsonTypeOf } from '../../machinery/json-value.ts';
import { mergePatch } from '../../machinery/merge-patch.ts';
import type { KubeObject } from '../../machinery/object.ts';
import {
  newBadRequest,
  newInvalid,
  newPatchTypeNotSupported,
  newRequestEntityTooLarge,
  newUnsupportedMediaType,
  StatusError,
} from '../../machinery/status-error.ts';
import { cloneJson } from '../registry/clone.ts';
import type { Change } from '../registry/update-object.ts';
import { type CoreRequest, headerOf } from '../request/core-request.ts';
import { checkCustomKind } from '../request/custom-kind.ts';
import { type DecodedBody, MAX_BODY_BYTES, plainBody } from '../request/decode-body.ts';
import { checkPlace, kindProblem, structureObject } from '../request/decode-object.ts';
import { checkDepth, strictFindings } from '../request/json-fields.ts';
import { parseMediaType } from '../request/media-type.ts';
import { APPLY_PATCH, applyChange, checkPatchOptions, readConfiguration } from './apply.ts';
import type { Call } from './call.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
/** CUSTOM are the patches of resources that have no schema in the catalogue. */
const CUSTOM = [JSON_PATCH, MERGE_PATCH, APPLY_PATCH];
const MAX_OPERATIONS = 10_000;

/** PatchPlan is a patch that has been read: how it changes an object. */
export interface PatchPlan {
  readonly change: Change;
  readonly createMissing: boolean;
  /** True for server-side apply, which keeps the books of field ownership itself. */
  readonly isApply: boolean;
}

/** patchChange reads the patch in the body of a request. */
export async function patchChange(call: Call): Promise<PatchPlan> {
  const { type } = parseMediaType(headerOf(call.request.headers, 'content-type'));
  const isApply = type === APPLY_PATCH;
  checkPatchOptions(call, isApply);
  if (isApply) {
    const config = await readConfiguration(call);
    return {
      change: (current) => applyChange(call, config, current),
      createMissing: true,
      isApply,
    };
  }
  const { definition, structure } = call.served.form;
  const isStrategic = type === STRATEGIC_PATCH && structure !== undefined;
  const apply = isStrategic ? undefined : applierOf(type, definition);
  if (!apply) throw isStrategic ? newUnsupportedMediaType(CUSTOM) : newPatchTypeNotSupported();
  const patch = await readPatch(call.request);
  const change: Change = (current) => {
    const patched = apply(current, patch.value);
    const shown = () => (type === STRATEGIC_PATCH ? goText(patch.value) : JSON.stringify(patched));
    return restructure(call, patched, { current, shown, findings: patch.findings });
  };
  return { change, createMissing: false, isApply };
}

async function readPatch(request: CoreRequest): Promise<DecodedBody> {
  if (request.body.object !== undefined) return plainBody(cloneJson(request.body.object));
  const bytes = await request.body.read(MAX_BODY_BYTES);
  const text = bytes.toString('utf8');
  checkDepth(text);
  try {
    const value: unknown = JSON.parse(text);
    // The text is the patch, not the object: only its duplicates are in the text's order.
    const findings: DecodedBody['findings'] = (unknown) => [
      ...strictFindings(text),
      ...plainBody(value).findings(unknown),
    ];
    return { value, findings };
  } catch (error) {
    throw newBadRequest(`error decoding patch: ${jsonSyntaxError(text)}`, error);
  }
}

/** patchObject takes a patch that must be an object; throws 400 in the words of Go's decoder. */
function patchObject(patch: unknown, nullText: string): JsonObject {
  if (isJsonObject(patch)) return patch;
  throw newBadRequest(
    patch === null
      ? nullText
      : `error decoding patch: json: cannot unmarshal ${jsonTypeOf(patch)} into Go value of type map[string]interface {}`,
  );
}

type Applier = (current: unknown, patch: unknown) => unknown;

function applierOf(type: string, definition: string): Applier | undefined {
  switch (type) {
    case JSON_PATCH:
      return applyJsonPatch;
    case MERGE_PATCH:
      return (current, patch) => mergePatch(current, patchObject(patch, 'Invalid JSON Patch'));
    case STRATEGIC_PATCH:
      return (current, patch) => applyStrategic(definition, current, patch);
    default:
      return undefined;
  }
}

function applyJsonPatch(current: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw newPatchType(patch, '[]handlers.jsonPatchOp');
  const stranger: unknown = patch.find((one) => !isJsonObject(one));
  if (stranger !== undefined) throw newPatchType(stranger, 'handlers.jsonPatchOp');
  if (patch.length > MAX_OPERATIONS) {
    throw newRequestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
    );
  }
  try {
    return jsonPatch(current, patch as JsonPatchOperation[]);
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    throw newPatchFailed('the server rejected our request due to an error in our request', error);
  }
}

function newPatchType(met: unknown, type: string): StatusError {
  return newBadRequest(
    `error decoding patch: json: cannot unmarshal ${jsonTypeOf(met)} into Go value of type ${type}`,
  );
}

function applyStrategic(definition: string, current: unknown, patch: unknown): unknown {
  const object = patchObject(patch, 'error decoding patch: the patch is null');
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
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'Invalid',
    details: {},
    code: 422,
  };
  return new StatusError(status, { cause });
}

/** restructure checks what a patch made, as if it had been sent whole. */
function restructure(
  call: Call,
  patched: unknown,
  about: {
    readonly current: KubeObject | undefined;
    readonly shown: () => string;
    readonly findings: DecodedBody['findings'];
  },
): KubeObject {
  const { form, definition } = call.served;
  const value = cloneJson(patched);
  if (!isJsonObject(value)) throw newBadRequest('the patch does not answer an object');
  if (!isJsonObject(value.metadata)) value.metadata = {};
  const refuse = (text: string) =>
    newInvalid({ group: '', kind: '' }, '', [invalid('patch', about.shown(), text)]);
  if (form.structure) checkCustomKind(value, form);
  const problem = form.structure ? undefined : kindProblem(value, form);
  if (problem !== undefined) throw refuse(problem);
  const { context } = call;
  const object = structureObject(value, form, { context, findings: about.findings, refuse });
  const { namespaced } = definition.type;
  const name = about.current?.metadata.name ?? call.info.name;
  checkPlace(object, { namespaced, namespace: context.namespace, name });
  return object;
}
