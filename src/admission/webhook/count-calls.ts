import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import type { WebhookMetrics } from '../../apiserver/metrics/admission-metrics.ts';
import { CallFailure, WebhookDenial } from './denial.ts';

/** Longer codes would make too many series. */
const MAX_CODE = 600;

/** CountedCall is the call of a webhook; `type` is the kind of webhook in the words of metrics. */
export interface CountedCall {
  readonly webhook: { readonly name: string; readonly failurePolicy?: string };
  readonly type: 'admit' | 'validating';
  readonly operation: AdmissionRequest['operation'];
}

function outcomeOf(error: unknown): { readonly kind: string; readonly code: number } {
  if (error instanceof CallFailure) return { kind: 'calling_webhook_error', code: error.code };
  if (error instanceof WebhookDenial) return { kind: 'no_error', code: error.code };
  return { kind: 'apiserver_internal_error', code: 0 };
}

/** countCall calls a webhook, and counts how that went as upstream does. */
export async function countCall<T>(
  { webhook, type, operation }: CountedCall,
  metrics: WebhookMetrics,
  call: () => Promise<T>,
): Promise<T> {
  const { name, failurePolicy } = webhook;
  const startedAt = performance.now();
  const ended = (code: number, rejected: boolean) => {
    const shape = [name, type, operation];
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.duration.with(...shape, String(rejected)).observe(seconds);
    metrics.requests.with(...shape, String(Math.min(code, MAX_CODE)), String(rejected)).inc();
  };
  try {
    const answer = await call();
    ended(200, false);
    return answer;
  } catch (error) {
    const { kind, code } = outcomeOf(error);
    const isOpen = error instanceof CallFailure && failurePolicy === 'Ignore';
    if (isOpen) metrics.failOpen.with(name, type).inc();
    else {
      const shown = error instanceof WebhookDenial ? Math.min(code, MAX_CODE) : 0;
      metrics.rejections.with(name, type, operation, kind, String(shown)).inc();
    }
    ended(code, !isOpen);
    throw error;
  }
}
