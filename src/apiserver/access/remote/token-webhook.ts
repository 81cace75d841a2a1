import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../../../machinery/json-value.ts';
import type { UserInfo } from '../../resource-definition.ts';
import { type TokenAnswer, type TokenCheck, TokenError } from '../token-outcome.ts';
import { ExpiringCache } from './expiring-cache.ts';
import { type ReviewClient, ReviewFailure } from './review-client.ts';

const CACHE_SIZE = 4096;

/** TokenWebhookOptions: `apiAudience` is what tokens are good for where the webhook says nothing of that. */
export interface TokenWebhookOptions {
  readonly client: ReviewClient;
  /** `v1` or `v1beta1`, of TokenReview. */
  readonly version: string;
  readonly cacheTtlMs: number;
  readonly apiAudience: string;
  now(): Date;
}

/** What a webhook said of a token; an error is remembered too. */
type Verdict = { readonly answer?: TokenAnswer; readonly error?: string };

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function userOf(user: JsonObject): UserInfo {
  const { username, uid, groups, extra } = user;
  const entries = isJsonObject(extra) ? Object.entries(extra) : [];
  return {
    name: String(username ?? ''),
    ...(uid ? { uid: String(uid) } : {}),
    groups: texts(groups),
    ...(entries.length > 0 && {
      extra: Object.fromEntries(entries.map(([key, value]) => [key, texts(value)])),
    }),
  };
}

function verdictOf(status: JsonObject, wanted: readonly string[], apiAudience: string): Verdict {
  const said = texts(status.audiences);
  const good = wanted.filter((one) => (said.length > 0 ? said : [apiAudience]).includes(one));
  if (good.length === 0) return {};
  if (status.authenticated !== true) return status.error ? { error: String(status.error) } : {};
  const user = userOf(isJsonObject(status.user) ? status.user : {});
  return { answer: { user, audiences: good } };
}

/**
 * newTokenWebhook asks a webhook whose a bearer token is (kube-apiserver's
 * `--authentication-token-webhook-config-file`). What it says is remembered; that it did not answer
 * is not.
 */
export function newTokenWebhook(options: TokenWebhookOptions): TokenCheck {
  const { client, version, cacheTtlMs, apiAudience, now } = options;
  const cache = new ExpiringCache<Verdict>(CACHE_SIZE, now);
  const ask = async (token: string, audiences: readonly string[]): Promise<Verdict> => {
    const review = await client.post({
      apiVersion: `authentication.k8s.io/${version}`,
      kind: 'TokenReview',
      metadata: {},
      spec: { token, audiences: [...audiences] },
    });
    return verdictOf(isJsonObject(review.status) ? review.status : {}, audiences, apiAudience);
  };
  return async (token, audiences) => {
    const digest = createHash('sha256').update(token).digest('base64');
    const key = [digest, ...audiences].join(' ');
    let verdict = cache.get(key);
    if (!verdict) {
      verdict = await ask(token, audiences).catch((error: unknown) => {
        if (!(error instanceof ReviewFailure)) throw error;
        throw new TokenError(error.message, { cause: error });
      });
      cache.put(key, verdict, cacheTtlMs);
    }
    if (verdict.error !== undefined) throw new TokenError(verdict.error);
    return verdict.answer;
  };
}
