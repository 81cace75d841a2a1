import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { AdmissionRequest, ApiLog, Authorizer } from '../../apiserver/contracts.ts';
import type {
  ConditionMetrics,
  WebhookMetrics,
} from '../../apiserver/metrics/admission-metrics.ts';
import type { WebhookClient } from '../../client/webhook-client.ts';
import type { CompiledExpression } from '../expressions/compile-expression.ts';
import { compileConditions, evaluateConditions } from '../expressions/match-conditions.ts';
import { type MatchParts, matchRequest } from '../matching/matcher.ts';
import { type Definitions, type RequestView, viewOf } from '../matching/versions.ts';
import { newRefusal } from '../refusal.ts';
import type { CountedCall } from './count-calls.ts';
import { CallFailure, newDryRunUnsupported } from './denial.ts';
import {
  newReview,
  type ReviewAnswer,
  readAnswer,
  reviewVersionOf,
  UnknownAnswer,
} from './review.ts';

/** WebhookParts is what the plugins for webhooks need. */
export interface WebhookParts extends MatchParts {
  readonly client: WebhookClient;
  readonly definitions: Definitions;
  readonly authorizer: Authorizer;
  readonly log: ApiLog;
  readonly webhookMetrics: WebhookMetrics;
  readonly conditionMetrics: ConditionMetrics;
}

/** Webhook is a webhook of either kind. */
export type Webhook = ValidatingWebhook & Partial<Pick<MutatingWebhook, 'reinvocationPolicy'>>;

/** Hook is a webhook of a configuration, ready to be asked. */
export interface Hook {
  /** Names it among all webhooks; stays the same while configurations change. */
  readonly uid: string;
  readonly webhook: Webhook;
  readonly conditions: readonly CompiledExpression[];
}

type Configuration = ValidatingWebhookConfiguration | MutatingWebhookConfiguration;

/** hooksOf are the webhooks of configurations, in the order in which they are asked. */
export function hooksOf(configurations: readonly Configuration[]): Hook[] {
  const sorted = [...configurations].sort((left, right) =>
    (left.metadata.name ?? '') < (right.metadata.name ?? '') ? -1 : 1,
  );
  return sorted.flatMap(({ metadata: { name = '' }, webhooks = [] }) => {
    const seen = new Map<string, number>();
    return webhooks.map((webhook: Webhook) => {
      const count = seen.get(webhook.name) ?? 0;
      seen.set(webhook.name, count + 1);
      return {
        uid: `${name}/${webhook.name}/${count}`,
        webhook,
        conditions: compileConditions(webhook.matchConditions, false),
      };
    });
  });
}

/** invocationOf answers how a webhook sees a request, or undefined when it is not for it. */
export async function invocationOf(
  { webhook, conditions }: Hook,
  request: AdmissionRequest,
  {
    parts,
    type: metricsType,
  }: { readonly parts: WebhookParts; readonly type: CountedCall['type'] },
): Promise<RequestView | undefined> {
  const type = matchRequest(webhook, { rules: webhook.rules ?? [] }, { request, parts });
  if (!type) return undefined;
  const view = await viewOf(request, type, parts.definitions);
  if (conditions.length === 0) return view;
  const subject = { request, view, namespace: undefined, authorizer: parts.authorizer };
  const { failurePolicy } = webhook;
  const counted = {
    metrics: parts.conditionMetrics,
    labels: [webhook.name, 'webhook', metricsType, request.operation],
  };
  const result = await evaluateConditions(conditions, subject, { failurePolicy, counted });
  if (result.error !== undefined) throw newRefusal(request, result.error);
  return result.matches ? view : undefined;
}

/** Asking is how a webhook is asked. */
export interface Asking {
  readonly view: RequestView;
  readonly mutating: boolean;
  readonly parts: WebhookParts;
}

/** ask calls a webhook and checks its answer; throws a CallFailure, or the refusal of a dry run. */
export async function ask(
  { webhook }: Hook,
  request: AdmissionRequest,
  { view, mutating, parts }: Asking,
): Promise<ReviewAnswer> {
  const { name, sideEffects, timeoutSeconds = 10 } = webhook;
  if (request.context.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun')
    throw newDryRunUnsupported(name);
  const version = reviewVersionOf(webhook.admissionReviewVersions);
  if (!version)
    throw new CallFailure(
      name,
      'could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)',
    );
  const review = newReview(request, view, version);
  const answer = await post(webhook, review.body, timeoutSeconds * 1000, { request, parts });
  try {
    const read = readAnswer(answer, review, mutating);
    for (const text of read.warnings) request.context.warn(text);
    for (const [key, value] of Object.entries(read.auditAnnotations))
      request.context.annotate(`${name}/${key}`, value);
    return read;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const what =
      error instanceof UnknownAnswer
        ? 'failed to call webhook'
        : 'received invalid webhook response';
    throw new CallFailure(name, `${what}: ${text}`, { cause: error });
  }
}

async function post(
  { name, clientConfig }: Webhook,
  body: unknown,
  timeoutMs: number,
  about: { readonly request: AdmissionRequest; readonly parts: WebhookParts },
): Promise<unknown> {
  const { signal } = about.request.context;
  try {
    return await about.parts.client.post(clientConfig, body, { timeoutMs, signal });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new CallFailure(name, `failed to call webhook: ${text}`, { cause: error });
  }
}

/** failsOpen tells whether a request goes on without the answer of a webhook; it is logged. */
export function failsOpen({ webhook }: Hook, error: unknown, { log }: WebhookParts): boolean {
  if (!(error instanceof CallFailure) || webhook.failurePolicy !== 'Ignore') return false;
  log.warn({ err: error, webhook: webhook.name }, 'a webhook failed; the request goes on');
  return true;
}
