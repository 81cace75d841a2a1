import type { MutatingWebhookConfiguration } from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { Admission, AdmissionRequest } from '../../apiserver/contracts.ts';
import { goKindProblem } from '../../client/go-http-error.ts';
import { deepEqual, semanticEqual } from '../../machinery/deep-equal.ts';
import { JsonPatchError, type JsonPatchOperation, jsonPatch } from '../../machinery/json-patch.ts';
import { jsonSyntaxError } from '../../machinery/json-syntax-error.ts';
import { isJsonObject, type JsonObject, jsonTypeOf } from '../../machinery/json-value.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { newInternalError } from '../../machinery/status-error.ts';
import { isExempt } from '../matching/attributes.ts';
import type { RequestView } from '../matching/versions.ts';
import { Reinvocations } from '../reinvocations.ts';
import { Snapshot } from '../snapshot.ts';
import { countCall } from './count-calls.ts';
import { CallFailure, newDenial } from './denial.ts';
import { ask, failsOpen, type Hook, hooksOf, invocationOf, type WebhookParts } from './hooks.ts';

import type { ReviewAnswer } from './review.ts';

/** MutatingWebhookParts: `revision` grows with every change of configurations. */
export interface MutatingWebhookParts extends WebhookParts {
  configurations(): readonly MutatingWebhookConfiguration[];
  revision(): number;
}

function readPatch(name: string, text: string): readonly JsonPatchOperation[] {
  try {
    const patch: unknown = JSON.parse(text);
    if (Array.isArray(patch)) return patch as JsonPatchOperation[];
    throw new TypeError(
      `json: cannot unmarshal ${jsonTypeOf(patch)} into Go value of type jsonpatch.Patch`,
    );
  } catch (error) {
    const isSyntax = error instanceof SyntaxError;
    const reason = isSyntax ? jsonSyntaxError(text) : (error as Error).message;
    throw new CallFailure(name, `received undecodable patch in webhook response: ${reason}`, {
      cause: error,
    });
  }
}

function patched(object: KubeObject, patch: readonly JsonPatchOperation[]): unknown {
  try {
    return jsonPatch(structuredClone(object), [...patch]);
  } catch (error) {
    if (error instanceof JsonPatchError) throw newInternalError(error);
    throw error;
  }
}

/** A patch does not make another kind of what it changes. */
function checkKind(changed: unknown, before: KubeObject): asserts changed is JsonObject {
  if (!isJsonObject(changed)) throw newInternalError(new Error(goKindProblem(changed)));
  const { apiVersion, kind } = changed;
  if (apiVersion === before.apiVersion && kind === before.kind) return;
  throw newInternalError(
    new Error(`converting (${kind}) of ${apiVersion} to (${before.kind}): unknown conversion`),
  );
}

/** Applies the patch of an answer; answers whether it changed anything. */
async function change(
  { webhook }: Hook,
  { patch: text, patchType }: ReviewAnswer,
  about: { readonly request: AdmissionRequest; readonly view: RequestView },
): Promise<boolean> {
  if (text === '') return false;
  const patch = readPatch(webhook.name, text);
  if (patch.length === 0) return false;
  if (patchType !== 'JSONPatch')
    throw new CallFailure(webhook.name, `unsupported patch type ${JSON.stringify(patchType)}`);
  const { request, view } = about;
  if (!request.object || !view.object)
    throw newInternalError(
      `admission webhook ${JSON.stringify(webhook.name)} attempted to modify the object, which is not supported for this operation`,
    );
  const before = structuredClone(request.object);
  const changed = patched(view.object, patch);
  checkKind(changed, view.object);
  const next = (await view.restored(changed as unknown as KubeObject)) as unknown;
  request.replace(next as JsonObject);
  return !semanticEqual(before, request.object);
}

/** Asks one webhook; answers whether it changed the object. */
async function call(
  hook: Hook,
  request: AdmissionRequest,
  about: { readonly view: RequestView; readonly parts: WebhookParts },
): Promise<boolean> {
  const { view, parts } = about;
  const { webhook } = hook;
  const { operation } = request;
  const startedAt = performance.now();
  try {
    return await countCall(
      { webhook, type: 'admit', operation },
      parts.webhookMetrics,
      async () => {
        const answer = await ask(hook, request, { view, mutating: true, parts });
        if (!answer.allowed) throw newDenial(webhook.name, answer.status);
        return change(hook, answer, { request, view });
      },
    );
  } catch (error) {
    if (failsOpen(hook, error, parts)) return false;
    throw error instanceof CallFailure ? newInternalError(error) : error;
  } finally {
    request.context.waited?.(performance.now() - startedAt);
  }
}

async function mutate(
  hooks: readonly Hook[],
  request: AdmissionRequest,
  parts: WebhookParts,
): Promise<void> {
  const reinvocations = Reinvocations.of(request, 'webhooks');
  reinvocations.begin(request.object, deepEqual);
  for (const hook of hooks) {
    const view = await invocationOf(hook, request, { parts, type: 'admit' });
    if (!view || !reinvocations.isDue(hook.uid)) continue;
    if (await call(hook, request, { view, parts })) reinvocations.changed();
    if (hook.webhook.reinvocationPolicy === 'IfNeeded') reinvocations.invoked(hook.uid);
  }
  reinvocations.end(request.object);
}

/**
 * newMutatingWebhooks asks the webhooks of MutatingWebhookConfigurations one after the other and
 * applies their patches (admission plugin MutatingAdmissionWebhook of Kubernetes 1.34).
 */
export function newMutatingWebhooks(parts: MutatingWebhookParts): Admission {
  const snapshot = new Snapshot(parts.revision, () => hooksOf(parts.configurations()));
  return {
    mutate(request) {
      if (isExempt(request)) return undefined;
      const hooks = snapshot.get();
      return hooks.length === 0 ? undefined : mutate(hooks, request, parts);
    },
  };
}
