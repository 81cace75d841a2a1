import type { ValidatingWebhookConfiguration } from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { Admission, AdmissionRequest } from '../../apiserver/contracts.ts';
import { newInternalError } from '../../machinery/status-error.ts';
import { isExempt } from '../matching/attributes.ts';
import type { RequestView } from '../matching/versions.ts';
import { Snapshot } from '../snapshot.ts';
import { countCall } from './count-calls.ts';
import { CallFailure, newDenial } from './denial.ts';
import { ask, failsOpen, type Hook, hooksOf, invocationOf, type WebhookParts } from './hooks.ts';

/** ValidatingWebhookParts: `revision` grows with every change of configurations. */
export interface ValidatingWebhookParts extends WebhookParts {
  configurations(): readonly ValidatingWebhookConfiguration[];
  revision(): number;
}

interface Invocation {
  readonly hook: Hook;
  readonly view: RequestView;
}

async function call(
  { hook, view }: Invocation,
  request: AdmissionRequest,
  parts: WebhookParts,
): Promise<void> {
  const { webhook } = hook;
  const { operation } = request;
  const type = 'validating';
  try {
    await countCall({ webhook, type, operation }, parts.webhookMetrics, async () => {
      const { allowed, status } = await ask(hook, request, { view, mutating: false, parts });
      if (!allowed) throw newDenial(webhook.name, status);
    });
  } catch (error) {
    if (failsOpen(hook, error, parts)) return;
    throw error instanceof CallFailure ? newInternalError(error) : error;
  }
}

async function validate(
  hooks: readonly Hook[],
  request: AdmissionRequest,
  parts: WebhookParts,
): Promise<void> {
  const invocations: Invocation[] = [];
  for (const hook of hooks) {
    const view = await invocationOf(hook, request, { parts, type: 'validating' });
    if (view) invocations.push({ hook, view });
  }
  const startedAt = performance.now();
  const results = await Promise.allSettled(
    invocations.map((invocation) => call(invocation, request, parts)),
  );
  request.context.waited?.(performance.now() - startedAt);
  const refused = results.find((result) => result.status === 'rejected');
  if (refused?.status === 'rejected') throw refused.reason;
}

/**
 * newValidatingWebhooks asks the webhooks of ValidatingWebhookConfigurations, all at once; one
 * refusal is enough (admission plugin ValidatingAdmissionWebhook of Kubernetes 1.34).
 */
export function newValidatingWebhooks(parts: ValidatingWebhookParts): Admission {
  const snapshot = new Snapshot(parts.revision, () => hooksOf(parts.configurations()));
  return {
    validate(request) {
      if (isExempt(request)) return undefined;
      const hooks = snapshot.get();
      return hooks.length === 0 ? undefined : validate(hooks, request, parts);
    },
  };
}
