import { isJsonObject, type JsonObject } from '../../../machinery/json-value.ts';
import type { AuthorizationAttributes, AuthorizationDecision } from '../../contracts.ts';
import type { AuthorizationMetrics } from '../../metrics/authorization-metrics.ts';
import type { CheckedWebhook } from '../config/authorization-validation.ts';
import { conditionSubject, reviewSpecOf } from './access-review.ts';
import { ExpiringCache } from './expiring-cache.ts';
import { type ReviewClient, ReviewFailure } from './review-client.ts';

const CACHE_SIZE = 8192;
/** Questions whose own texts are longer are not remembered: whoever asks chooses them. */
const MAX_CACHED_BYTES = 10_000;
const NO_OPINION: AuthorizationDecision = { allowed: false };

/** AuthorizationWebhookParts is what a webhook that decides is made of. */
export interface AuthorizationWebhookParts {
  readonly name: string;
  readonly config: CheckedWebhook;
  readonly client: ReviewClient;
  readonly metrics: AuthorizationMetrics;
  now(): Date;
}

function isCacheable({ verb, path = '', ...place }: AuthorizationAttributes): boolean {
  const { namespace, group, version, resource, subresource, name } = place;
  const texts = [namespace, verb, group, version, resource, subresource, name, path];
  return texts.reduce((sum, one) => sum + Buffer.byteLength(one), 0) < MAX_CACHED_BYTES;
}

function decisionOf(status: JsonObject): AuthorizationDecision {
  const { allowed, denied, reason } = status;
  const said = reason ? { reason: String(reason) } : {};
  if (denied === true && allowed === true) {
    const error = 'webhook subject access review returned both allow and deny response';
    return { allowed: false, denied: true, error, ...said };
  }
  if (denied === true) return { allowed: false, denied: true, ...said };
  return { allowed: allowed === true, ...said };
}

/** AuthorizationWebhook asks a webhook whether a request is allowed (SubjectAccessReview). */
export class AuthorizationWebhook {
  readonly #parts: AuthorizationWebhookParts;
  readonly #cache: ExpiringCache<JsonObject>;

  constructor(parts: AuthorizationWebhookParts) {
    this.#parts = parts;
    this.#cache = new ExpiringCache(CACHE_SIZE, parts.now);
  }

  authorize(
    attributes: AuthorizationAttributes,
  ): AuthorizationDecision | Promise<AuthorizationDecision> {
    const { config } = this.#parts;
    const matched = this.#matches(attributes);
    if (typeof matched === 'string') return this.#failed(matched);
    if (!matched) return NO_OPINION;
    const spec = reviewSpecOf(attributes, config.version);
    const key = JSON.stringify(spec);
    const known = this.#cache.get(key);
    return known ? decisionOf(known) : this.#ask(spec, isCacheable(attributes) ? key : undefined);
  }

  close(): Promise<void> {
    return this.#parts.client.close();
  }

  #failed(error: string): AuthorizationDecision {
    const { deniesOnError } = this.#parts.config;
    return { allowed: false, error, ...(deniesOnError && { denied: true }) };
  }

  /** One condition that is false decides, even if others have errors: those are the text. */
  #matches(attributes: AuthorizationAttributes): boolean | string {
    const { config, metrics, name } = this.#parts;
    if (config.conditions.length === 0) return true;
    const startedAt = performance.now();
    const subject = conditionSubject(attributes);
    const errors: string[] = [];
    try {
      for (const condition of config.conditions) {
        try {
          if (condition.run(subject) !== false) continue;
          metrics.conditionExclusions.with('Webhook', name).inc();
          return false;
        } catch (error) {
          errors.push(`cel evaluation error: ${error instanceof Error ? error.message : error}`);
        }
      }
    } finally {
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.conditionDuration.with('Webhook', name).observe(seconds);
      if (errors.length > 0) metrics.conditionErrors.with('Webhook', name).inc();
    }
    if (errors.length === 0) return true;
    return errors.length === 1 ? errors.join('') : `[${[...new Set(errors)].join(', ')}]`;
  }

  async #ask(spec: JsonObject, key: string | undefined): Promise<AuthorizationDecision> {
    const { client, config, metrics, name } = this.#parts;
    try {
      const review = await client.post({
        apiVersion: `authorization.k8s.io/${config.version}`,
        kind: 'SubjectAccessReview',
        metadata: {},
        spec,
        status: { allowed: false },
      });
      const status = isJsonObject(review.status) ? review.status : {};
      const ttlMs = status.allowed === true ? config.authorizedTtlMs : config.unauthorizedTtlMs;
      if (key !== undefined) this.#cache.put(key, status, ttlMs);
      return decisionOf(status);
    } catch (error) {
      if (!(error instanceof ReviewFailure)) throw error;
      if (!config.deniesOnError) {
        metrics.failOpen.with(name, error.isTimeout ? 'timeout' : 'error').inc();
      }
      return this.#failed(error.message);
    }
  }
}
