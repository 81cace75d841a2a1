import { StrategicMergeError, schemaOf, strategicMergePatch } from '../../apis/schema/index.ts';
import { invalid } from '../../machinery/field-error.ts';
import { JsonPatchError, type JsonPatchOperation, jsonPatch } from '../../machinery/json-patch.ts';
import { isJsonObject } from '../../machinery/json-value.ts';
import { mergePatch } from '../../machinery/merge-patch.ts';
import type { KubeObject } from '../../machinery/object.ts';
import {
  newBadRequest,
  newInvalid,
  newRequestEntityTooLarge,
  newUnsupportedMediaType,
  StatusError,
} from '../../machinery/status-error.ts';
import { cloneJson } from '../registry/clone.ts';
import type { Change } from '../registry/update-object.ts';
import { type CoreRequest, headerOf } from '../request/core-request.ts';
import { MAX_BODY_BYTES } from '../request/decode-body.ts';
import { checkKind, checkPlace, structureObject } from '../request/decode-object.ts';
import { parseMediaType } from '../request/media-type.ts';
import { APPLY_PATCH, applyChange, checkPatchOptions, readConfiguration } from './apply.ts';
import type { Call } from './call.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const MAX_OPERATIONS = 10_000;
const SERVED = [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH];

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
  const apply = applierOf(type, call.served.form.definition);
  if (!apply) throw newUnsupportedMediaType(SERVED);
  const patch = await readPatch(call.request);
  const change: Change = (current) => {
    const patched = apply(current, patch);
    const shown = () => (type === STRATEGIC_PATCH ? goText(patch) : JSON.stringify(patched));
    return restructure(call, patched, { current, shown });
  };
  return { change, createMissing: false, isApply };
}

async function readPatch(request: CoreRequest): Promise<unknown> {
  if (request.body.object !== undefined) return cloneJson(request.body.object);
  const bytes = await request.body.read(MAX_BODY_BYTES);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw newBadRequest(
      `error decoding patch: ${error instanceof Error ? error.message : ''}`,
      error,
    );
  }
}

type Applier = (current: unknown, patch: unknown) => unknown;

function applierOf(type: string, definition: string): Applier | undefined {
  switch (type) {
    case JSON_PATCH:
      return applyJsonPatch;
    case MERGE_PATCH:
      return (current, patch) => {
        if (!isJsonObject(patch)) throw newBadRequest('error decoding patch: not a JSON object');
        return mergePatch(current, patch);
      };
    case STRATEGIC_PATCH:
      return (current, patch) => applyStrategic(definition, current, patch);
    default:
      return undefined;
  }
}

function applyJsonPatch(current: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw newBadRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    );
  }
  if (patch.length > MAX_OPERATIONS) {
    throw newRequestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
    );
  }
  try {
    return jsonPatch(current, patch as JsonPatchOperation[]);
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    throw newPatchFailed(422, error.message, error);
  }
}

function applyStrategic(definition: string, current: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) throw newBadRequest('error decoding patch: not a JSON object');
  try {
    return strategicMergePatch(schemaOf(definition), current, patch);
  } catch (error) {
    if (!(error instanceof StrategicMergeError)) throw error;
    if (error.code === 400) throw newBadRequest(error.message, error);
    throw newPatchFailed(error.code, error.message, error);
  }
}

function newPatchFailed(code: 422 | 500, message: string, cause: unknown): StatusError {
  const isInvalid = code === 422;
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    // Upstream keeps the reason of a patch that does not apply to itself.
    message: isInvalid ? 'the server rejected our request due to an error in our request' : message,
    reason: isInvalid ? 'Invalid' : 'InternalError',
    details: {},
    code,
  };
  return new StatusError(status, { cause });
}

/** goText prints a value as Go's `%+v` does: how upstream shows a strategic patch in errors. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isJsonObject(value)) return String(value);
  const pairs = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goText(value[key])}`);
  return `map[${pairs.join(' ')}]`;
}

/** restructure checks what a patch made, as if it had been sent whole. */
function restructure(
  call: Call,
  patched: unknown,
  about: { readonly current: KubeObject | undefined; readonly shown: () => string },
): KubeObject {
  const { form, definition } = call.served;
  const value = cloneJson(patched);
  if (!isJsonObject(value)) throw newBadRequest('the patch does not answer an object');
  if (!isJsonObject(value.metadata)) value.metadata = {};
  checkKind(value, form);
  const refuse = (text: string) =>
    newInvalid({ group: '', kind: '' }, '', [invalid('patch', about.shown(), text)]);
  const object = structureObject(value, form, { context: call.context, duplicates: [], refuse });
  const { namespaced } = definition.type;
  const name = about.current?.metadata.name ?? call.info.name;
  checkPlace(object, { namespaced, namespace: call.context.namespace, name });
  return object;
}
