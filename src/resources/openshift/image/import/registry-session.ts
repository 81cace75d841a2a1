import { Agent, type Dispatcher, fetch, type Response } from 'undici';
import type { Credentials } from './credentials.ts';
import { connectionError, RemoteError } from './remote-error.ts';

/** Endpoint is one repository of a registry as it is reached. */
export interface Endpoint {
  /** Host and port to connect to. */
  readonly host: string;
  readonly repository: string;
  /** HTTPS without verification, or plain HTTP, may be tried. */
  readonly insecure: boolean;
  readonly credentials: Credentials | undefined;
}

/** RegistrySession speaks the pull side of the distribution API with one repository. */
export interface RegistrySession {
  /** get requests a path below the repository, such as `manifests/latest`; throws RemoteError. */
  get(path: string, accept?: readonly string[]): Promise<Response>;
}

interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 30_000;
const TIMEOUTS = { headersTimeout: HEADERS_TIMEOUT_MS, bodyTimeout: HEADERS_TIMEOUT_MS };

const SECURE: Dispatcher = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, ...TIMEOUTS });
const UNVERIFIED: Dispatcher = new Agent({
  connect: { timeout: CONNECT_TIMEOUT_MS, rejectUnauthorized: false },
  ...TIMEOUTS,
});

function challengeOf(header: string | null): Challenge | undefined {
  const match = /^(\w+)\s+(.*)$/.exec(header ?? '');
  if (!match) return undefined;
  const pairs = [...(match[2] ?? '').matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)];
  const parameters = pairs.map(([, name = '', quoted, plain]) => [name, quoted ?? plain ?? '']);
  return {
    scheme: (match[1] ?? '').toLowerCase(),
    parameters: Object.fromEntries(parameters) as Record<string, string>,
  };
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

class HttpSession implements RegistrySession {
  private readonly endpoint: Endpoint;
  private base: string | undefined;
  private authorization: string | undefined;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  async get(path: string, accept: readonly string[] = []): Promise<Response> {
    const first = await this.send(path, accept);
    if (first.status !== 401) return first;
    await first.body?.cancel();
    const challenge = challengeOf(first.headers.get('www-authenticate'));
    if (challenge) this.authorization = await this.authorize(challenge);
    return this.send(path, accept);
  }

  private get dispatcher(): Dispatcher {
    return this.endpoint.insecure ? UNVERIFIED : SECURE;
  }

  private async send(path: string, accept: readonly string[]): Promise<Response> {
    const headers: Record<string, string> = {};
    if (accept.length > 0) headers.accept = accept.join(', ');
    if (this.authorization) headers.authorization = this.authorization;
    const base = await this.baseUrl();
    try {
      return await fetch(`${base}/v2/${this.endpoint.repository}/${path}`, {
        headers,
        dispatcher: this.dispatcher,
      });
    } catch (error) {
      throw connectionError(this.endpoint.host, error);
    }
  }

  /** baseUrl finds out once how the registry speaks: HTTPS, or plain HTTP where that is allowed. */
  private async baseUrl(): Promise<string> {
    this.base ??= await this.ping();
    return this.base;
  }

  private async ping(): Promise<string> {
    const schemes = this.endpoint.insecure ? ['https', 'http'] : ['https'];
    let failure: RemoteError | undefined;
    for (const scheme of schemes) {
      const base = `${scheme}://${this.endpoint.host}`;
      try {
        const answer = await fetch(`${base}/v2/`, { dispatcher: this.dispatcher });
        await answer.body?.cancel();
        return base;
      } catch (error) {
        failure = connectionError(this.endpoint.host, error);
      }
    }
    throw failure ?? new RemoteError('other', `${this.endpoint.host} was not asked`);
  }

  private async authorize(challenge: Challenge): Promise<string | undefined> {
    const { credentials } = this.endpoint;
    if (challenge.scheme === 'basic') return credentials && basic(credentials);
    const { realm, service, scope } = challenge.parameters;
    if (challenge.scheme !== 'bearer' || !realm) return undefined;
    const url = new URL(realm);
    if (service) url.searchParams.set('service', service);
    url.searchParams.set('scope', scope ?? `repository:${this.endpoint.repository}:pull`);
    const headers = credentials ? { authorization: basic(credentials) } : {};
    try {
      const answer = await fetch(url, { headers, dispatcher: this.dispatcher });
      if (!answer.ok) {
        await answer.body?.cancel();
        throw new RemoteError('unauthorized', 'incorrect username or password');
      }
      const body = (await answer.json()) as { token?: string; access_token?: string };
      return `Bearer ${body.token ?? body.access_token ?? ''}`;
    } catch (error) {
      if (error instanceof RemoteError) throw error;
      throw connectionError(url.host, error);
    }
  }
}

/** newRegistrySession opens a session; nothing is sent until something is asked for. */
export function newRegistrySession(endpoint: Endpoint): RegistrySession {
  return new HttpSession(endpoint);
}
