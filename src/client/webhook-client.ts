import { lookup as dnsLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, errors, request } from 'undici';
import { jsonSyntaxError } from '../machinery/json-syntax-error.ts';

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

function urlOf({ url, service }: WebhookClientConfig, timeoutMs: number): URL {
  const text = service
    ? `https://${service.name}.${service.namespace}.svc:${service.port ?? 443}${pathOf(service.path)}`
    : (url ?? '');
  const target = new URL(text);
  target.searchParams.set('timeout', `${Math.ceil(timeoutMs / 1000)}s`);
  return target;
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

/** newWebhookClient makes a client that reaches services through `resolve`. */
export function newWebhookClient(resolve: ResolveService): WebhookClient {
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
          throw new WebhookCallError(error.message, { cause: error });
        if (options.signal?.aborted) throw error;
        throw new WebhookCallError(`Post ${JSON.stringify(shown)}: ${reasonOf(error)}`, {
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
    connect: {
      lookup,
      ...(caBundle ? { ca: Buffer.from(caBundle, 'base64').toString('utf8') } : {}),
    },
  });
}

/** The webhook answered, but nothing that can be used. */
class AnswerError extends Error {}

interface Post extends PostOptions {
  readonly body: unknown;
}

async function send(dispatcher: Agent, url: URL, post: Post): Promise<unknown> {
  const timeout = AbortSignal.timeout(post.timeoutMs);
  const signal = post.signal ? AbortSignal.any([timeout, post.signal]) : timeout;
  const { statusCode, body } = await request(url, {
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
  if (statusCode < 200 || statusCode > 299) throw new AnswerError(statusText(statusCode, text));
  if (text === '')
    throw new AnswerError(
      `0-length response with status code: ${statusCode} and content type: application/json`,
    );
  try {
    return JSON.parse(text);
  } catch (error) {
    const wrong = jsonSyntaxError(text);
    throw new AnswerError(`couldn't get version/kind; json parse error: ${wrong}`, {
      cause: error,
    });
  }
}

function statusText(code: number, text: string): string {
  const own = statusMessage(text);
  if (own !== undefined) return own;
  switch (code) {
    case 400:
      return 'the server rejected our request for an unknown reason';
    case 401:
      return 'the server has asked for the client to provide credentials';
    case 403:
      return `unknown`;
    case 404:
      return 'the server could not find the requested resource';
    case 429:
      return 'the server has received too many requests and has asked us to try again later';
    case 503:
      return 'the server is currently unable to handle the request';
    case 504:
      return 'the server was unable to return a response in the time allotted, but may still be processing the request';
    default:
      if (code < 500)
        return (
          'the server responded with the status code ' +
          `${code} but did not return more information`
        );
      return `an error on the server (${JSON.stringify(text.trim() || 'unknown')}) has prevented the request from succeeding`;
  }
}

/** The message of a Status, where the webhook sent one. */
function statusMessage(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { kind, message } = value as { kind?: unknown; message?: unknown };
    return kind === 'Status' && typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

const CERTIFICATE_ERRORS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'x509: certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'x509: certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'x509: certificate signed by unknown authority',
  CERT_SIGNATURE_FAILURE: 'x509: certificate signed by unknown authority',
  CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'x509: certificate has expired or is not yet valid',
};

interface NodeError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly host?: string;
  readonly hostname?: string;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error instanceof errors.ConnectTimeoutError)
    return 'context deadline exceeded';
  const { code = '', address = '', port = 0, host = '', hostname = '' } = error as NodeError;
  const certificate = CERTIFICATE_ERRORS[code];
  if (certificate !== undefined) return `tls: failed to verify certificate: ${certificate}`;
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `tls: failed to verify certificate: x509: certificate is not valid for any names, but wanted to match ${host}`;
    case 'ECONNREFUSED':
      return `dial tcp ${address}:${port}: connect: connection refused`;
    case 'ENOTFOUND':
      return `dial tcp: lookup ${hostname}: no such host`;
    case 'EHOSTUNREACH':
      return `dial tcp ${address}:${port}: connect: no route to host`;
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'EOF';
    default:
      return error.message;
  }
}
