import { lookup as dnsLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { posix } from 'node:path';
import { Agent, request } from 'undici';
import { goObject, goReason, goStatusText } from './go-http-error.ts';
import { namedTrustIn } from './trust.ts';

/** WebhookClientConfig says where a webhook is: a URL, or a service of the cluster. */
export interface WebhookClientConfig {
  readonly url?: string;
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    readonly path?: string;
    readonly port?: number;
  };
  /** The certificates to trust, as base64 of PEM; absent: those of the system. */
  readonly caBundle?: string;
}

/** ServiceAddress is where a port of a service is really reached. */
export interface ServiceAddress {
  readonly host: string;
  readonly port: number;
}

/** ResolveService finds a port of a service; throws an Error whose message says what is missing. */
export type ResolveService = (
  namespace: string,
  name: string,
  port: number,
) => ServiceAddress | Promise<ServiceAddress>;

/** WebhookCallError is why a webhook gave no answer, in the words of Go's HTTP client. */
export class WebhookCallError extends Error {
  override readonly name = 'WebhookCallError';
  /** The status code of the answer, where that was a failure; 0 where there was none. */
  readonly code: number;

  constructor(message: string, about: { readonly cause: unknown; readonly code?: number }) {
    super(message, { cause: about.cause });
    this.code = about.code ?? 0;
  }
}

/** WebhookClient calls webhooks and keeps the connections to them. */
export interface WebhookClient {
  /** post sends JSON and answers JSON; throws a WebhookCallError, or an AbortError of the signal. */
  post(config: WebhookClientConfig, body: unknown, options: PostOptions): Promise<unknown>;
  close(): Promise<void>;
}

/** PostOptions: `signal` ends the call when nobody waits for it any more. */
export interface PostOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const MAX_AGENTS = 256;
const KEEP_ALIVE_MS = 60_000;
/** No webhook has a reason to answer more. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

function urlOf({ url, service }: WebhookClientConfig, timeoutMs: number): URL {
  const text = service
    ? `https://${service.name}.${service.namespace}.svc:${service.port ?? 443}${pathOf(service.path)}`
    : (url ?? '');
  const target = new URL(text);
  target.pathname = cleanPath(target.pathname);
  target.searchParams.set('timeout', `${Math.ceil(timeoutMs / 1000)}s`);
  return target;
}

/** cleanPath is the path as Go's `path.Join` writes it: nothing doubled, no slash at its end. */
function cleanPath(path: string): string {
  const clean = posix.normalize(decodeURIComponent(path)).replace(/(?<=.)\/$/, '');
  return encodeURI(clean).replace(/[?#]/g, encodeURIComponent);
}

function pathOf(path: string | undefined): string {
  if (!path) return '/';
  return path.startsWith('/') ? path : `/${path}`;
}

/** As Go writes the URL: a service's with its port, even if that is the default one. */
function shownUrl(url: URL, { service }: WebhookClientConfig): string {
  if (!service) return url.href;
  return `https://${url.hostname}:${service.port ?? 443}${url.pathname}${url.search}`;
}

/**
 * newWebhookClient makes a client that reaches services through `resolve`; `onFailure` is told why a
 * webhook could not be reached.
 */
export function newWebhookClient(
  resolve: ResolveService,
  onFailure: (error: unknown) => void = () => undefined,
): WebhookClient {
  const agents = new Map<string, Agent>();

  function agentOf({ caBundle, service }: WebhookClientConfig, address?: ServiceAddress): Agent {
    const key = JSON.stringify([caBundle, service?.namespace, service?.name, address]);
    const known = agents.get(key);
    if (known) return known;
    const made = newAgent(caBundle, address);
    if (agents.size >= MAX_AGENTS) {
      const [oldest] = agents;
      if (oldest) {
        agents.delete(oldest[0]);
        void oldest[1].close();
      }
    }
    agents.set(key, made);
    return made;
  }

  async function addressOf({ service }: WebhookClientConfig): Promise<ServiceAddress | undefined> {
    return service && resolve(service.namespace, service.name, service.port ?? 443);
  }

  return {
    async post(config, body, options) {
      const url = urlOf(config, options.timeoutMs);
      const shown = shownUrl(url, config);
      try {
        const address = await addressOf(config);
        if (address && config.service) url.port = String(address.port);
        return await send(agentOf(config, address), url, { body, ...options });
      } catch (error) {
        if (error instanceof AnswerError)
          throw new WebhookCallError(error.message, { cause: error, code: error.code });
        if (options.signal?.aborted) throw error;
        onFailure(error);
        throw new WebhookCallError(`Post ${JSON.stringify(shown)}: ${goReason(error)}`, {
          cause: error,
        });
      }
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
      agents.clear();
    },
  };
}

function newAgent(caBundle: string | undefined, address: ServiceAddress | undefined): Agent {
  const lookup: LookupFunction = (host, options, callback) =>
    dnsLookup(address?.host ?? host, options, callback as never);
  return new Agent({
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
    connect: {
      lookup,
      ...namedTrustIn(caBundle && Buffer.from(caBundle, 'base64').toString('utf8')),
    },
  });
}

/** The webhook answered, but nothing that can be used. */
class AnswerError extends Error {
  readonly code: number;

  constructor(message: string, about: { readonly code?: number; readonly cause?: unknown } = {}) {
    super(message, about.cause === undefined ? {} : { cause: about.cause });
    this.code = about.code ?? 0;
  }
}

interface Post extends PostOptions {
  readonly body: unknown;
}

async function send(dispatcher: Agent, url: URL, post: Post): Promise<unknown> {
  const timeout = AbortSignal.timeout(post.timeoutMs);
  const signal = post.signal ? AbortSignal.any([timeout, post.signal]) : timeout;
  const { statusCode, headers, body } = await request(url, {
    dispatcher,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, */*',
      'user-agent': 'kube-apiserver-admission',
    },
    body: JSON.stringify(post.body),
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const text = await body.text();
  if (statusCode < 200 || statusCode > 299) {
    const contentType = String(headers['content-type'] ?? '');
    const shown = goStatusText({ code: statusCode, text, contentType });
    throw new AnswerError(shown, { code: statusCode });
  }
  if (text === '')
    throw new AnswerError(
      `0-length response with status code: ${statusCode} and content type: application/json`,
    );
  try {
    return goObject(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AnswerError(reason, { cause: error });
  }
}
