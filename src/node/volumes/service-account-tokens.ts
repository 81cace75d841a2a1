import type { TokenRequest } from '../../apis/authentication.k8s.io/v1/types.ts';
import type { Pod } from '../../apis/core/v1/types.ts';
import { SERVICE_ACCOUNTS } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { tokenKey, tokenRequestsOf } from './payload.ts';

const DEFAULT_SECONDS = 3600;
const REFRESH_AFTER = 0.8;
const REFRESH_AT_LATEST_MS = 24 * 3600 * 1000;

interface Held {
  readonly token: string;
  readonly refreshAtMs: number;
}

/** ServiceAccountTokens requests the tokens that pods' volumes show, and renews them in time. */
export class ServiceAccountTokens {
  readonly #client: Client;
  readonly #held = new Map<string, Held>();
  readonly #now: () => number;

  constructor(client: Client, now: () => number) {
    this.#client = client;
    this.#now = now;
  }

  /** forPod answers all tokens of a pod by tokenKey; throws what the API answers. */
  async forPod(pod: Pod): Promise<Map<string, string>> {
    const tokens = new Map<string, string>();
    for (const { audience, expirationSeconds } of tokenRequestsOf(pod)) {
      const key = tokenKey(audience, expirationSeconds);
      const held = this.#held.get(`${pod.metadata.uid}\n${key}`);
      const fresh = held !== undefined && this.#now() < held.refreshAtMs;
      const { token } = fresh ? held : await this.#request(pod, audience, expirationSeconds);
      tokens.set(key, token);
    }
    return tokens;
  }

  /** forget drops what is held for a pod that is gone. */
  forget(uid: string): void {
    for (const key of this.#held.keys()) if (key.startsWith(`${uid}\n`)) this.#held.delete(key);
  }

  async #request(
    pod: Pod,
    audience: string | undefined,
    expirationSeconds = DEFAULT_SECONDS,
  ): Promise<Held> {
    const { name = '', uid = '', namespace } = pod.metadata;
    const body: TokenRequest = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {},
      spec: {
        audiences: audience ? [audience] : [],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    };
    const account = pod.spec?.serviceAccountName || 'default';
    const answer = await this.#client.post<TokenRequest>(
      SERVICE_ACCOUNTS,
      { namespace, name: account },
      'token',
      body,
    );
    const now = this.#now();
    const lifetime = Date.parse(answer.status?.expirationTimestamp ?? '') - now;
    const wait = Math.min((lifetime || 0) * REFRESH_AFTER, REFRESH_AT_LATEST_MS);
    const held = { token: answer.status?.token ?? '', refreshAtMs: now + wait };
    this.#held.set(`${uid}\n${tokenKey(audience, expirationSeconds)}`, held);
    return held;
  }
}
