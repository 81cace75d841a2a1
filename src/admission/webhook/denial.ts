import type { JsonObject } from '../../machinery/json-value.ts';
import type { Status } from '../../machinery/meta/v1.ts';
import { newBadRequest, StatusError } from '../../machinery/status-error.ts';

/** WebhookDenial is the refusal of a webhook. */
export class WebhookDenial extends StatusError {}

/** newDenial is the refusal of a webhook: what it says, with its name before it. */
export function newDenial(name: string, answer: JsonObject | undefined): WebhookDenial {
  const deniedBy = `admission webhook ${JSON.stringify(name)} denied the request`;
  const given: Partial<Status> = answer ?? {};
  const { code = 0, status, message, reason } = given;
  const text = message || reason;
  return new WebhookDenial({
    ...given,
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: status && status !== 'Success' ? status : 'Failure',
    message: text ? `${deniedBy}: ${text}` : `${deniedBy} without explanation`,
    code: Math.max(code, 400),
  });
}

/** newDryRunUnsupported refuses a dry run that a webhook cannot take part in. */
export function newDryRunUnsupported(name: string): StatusError {
  return newBadRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
}

/** CallFailure is that a webhook could not be asked, or gave no answer that can be used. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  readonly webhook: string;
  /** The status code that it answered; 400 where it answered none, as upstream counts it. */
  readonly code: number;

  constructor(webhook: string, reason: string, options?: ErrorOptions) {
    super(`failed calling webhook ${JSON.stringify(webhook)}: ${reason}`, options);
    this.webhook = webhook;
    const { code } = (options?.cause ?? {}) as { readonly code?: unknown };
    this.code = typeof code === 'number' && code > 0 ? code : 400;
  }
}
