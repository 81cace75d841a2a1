import type { IncomingMessage, ServerResponse } from 'node:http';
import { RegistryError } from './registry-error.ts';

/** RegistryUser is who a token belongs to. */
export interface RegistryUser {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** AccessVerb is the verb on `imagestreams/layers` that an operation needs. */
export type AccessVerb = 'get' | 'update' | 'delete';

/** AccessOptions decide who somebody is and what they may do. */
export interface AccessOptions {
  /** Answers undefined for a token that is not valid. */
  authenticateToken(token: string): Promise<RegistryUser | undefined>;
  /** Asks RBAC for a verb on `imagestreams/layers` of group image.openshift.io. */
  canAccess(
    user: RegistryUser,
    verb: AccessVerb,
    namespace: string,
    name: string,
  ): Promise<boolean>;
}

/** Access answers who sends a request and refuses what they may not do. */
export interface Access {
  /** authenticate answers the anonymous user where no credentials are sent; throws UNAUTHORIZED. */
  authenticate(request: IncomingMessage): Promise<RegistryUser>;
  /** allows tells whether a user has a verb on a repository. */
  allows(user: RegistryUser, verb: AccessVerb, repository: string): Promise<boolean>;
  /** demand throws DENIED, or UNAUTHORIZED with a challenge where credentials could help. */
  demand(
    request: IncomingMessage,
    user: RegistryUser,
    wanted: { verb: AccessVerb; repository: string },
  ): Promise<void>;
  /** demandLogin throws UNAUTHORIZED with a challenge for the anonymous user. */
  demandLogin(request: IncomingMessage, user: RegistryUser): void;
  /** serveToken answers `/openshift/token`: the credentials of Basic as a bearer token. */
  serveToken(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

const TOKEN_PATH = '/openshift/token';
const ANONYMOUS_TOKEN = 'anonymous';
const TOKEN_SECONDS = 3600;

/** ANONYMOUS is the user of requests without credentials. */
const ANONYMOUS: RegistryUser = {
  name: 'system:anonymous',
  groups: ['system:unauthenticated'],
};

/** isTokenPath tells whether a path is that of the token service. */
export function isTokenPath(path: string): boolean {
  return path === TOKEN_PATH;
}

function tokenOf(request: IncomingMessage): string | undefined {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(/ +/, 2);
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? '' : pair.slice(colon + 1);
}

function isEncrypted(request: IncomingMessage): boolean {
  return 'encrypted' in request.socket && request.socket.encrypted === true;
}

/** challengeHeader sends a client to the token service on the host that it spoke to. */
function challengeHeader(
  request: IncomingMessage,
  scope: string | undefined,
  error?: string,
): string {
  const host = /^[A-Za-z0-9.:[\]-]+$/.exec(request.headers.host ?? '')?.[0] ?? 'localhost';
  const scheme = isEncrypted(request) ? 'https' : 'http';
  const parts = [`realm="${scheme}://${host}${TOKEN_PATH}"`, `service="${host}"`];
  if (scope !== undefined) parts.push(`scope="${scope}"`);
  if (error !== undefined) parts.push(`error="${error}"`);
  return `Bearer ${parts.join(',')}`;
}

function unauthorized(
  request: IncomingMessage,
  scope?: string,
  error?: 'invalid_token',
): RegistryError {
  const message =
    error === undefined ? 'authentication required' : 'the token is not valid or has expired';
  return new RegistryError('UNAUTHORIZED', message, {
    headers: { 'www-authenticate': challengeHeader(request, scope, error) },
  });
}

function actionsFor(verb: AccessVerb): string {
  return { get: 'pull', update: 'pull,push', delete: 'delete' }[verb];
}

/** newAccess follows the integrated registry of OpenShift: any user name, an API token as password. */
export function newAccess(options: AccessOptions): Access {
  async function authenticate(request: IncomingMessage): Promise<RegistryUser> {
    const token = tokenOf(request);
    if (token === undefined || token === ANONYMOUS_TOKEN) return ANONYMOUS;
    const user = token === '' ? undefined : await options.authenticateToken(token);
    if (!user) throw unauthorized(request, undefined, 'invalid_token');
    return user;
  }
  function allows(user: RegistryUser, verb: AccessVerb, repository: string): Promise<boolean> {
    const [namespace = '', name = ''] = repository.split('/');
    return options.canAccess(user, verb, namespace, name);
  }
  return {
    authenticate,
    allows,
    async demand(request, user, { verb, repository }) {
      if (await allows(user, verb, repository)) return;
      if (user === ANONYMOUS)
        throw unauthorized(request, `repository:${repository}:${actionsFor(verb)}`);
      throw new RegistryError('DENIED', 'requested access to the resource is denied', {
        detail: { user: user.name, repository, actions: actionsFor(verb) },
      });
    },
    demandLogin(request, user) {
      if (user === ANONYMOUS) throw unauthorized(request);
    },
    async serveToken(request, response) {
      const token = (await authenticate(request)) === ANONYMOUS ? undefined : tokenOf(request);
      const body = JSON.stringify({
        token: token ?? ANONYMOUS_TOKEN,
        access_token: token ?? ANONYMOUS_TOKEN,
        expires_in: TOKEN_SECONDS,
        issued_at: new Date().toISOString(),
      });
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(body);
    },
  };
}
