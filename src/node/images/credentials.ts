import type { Secret } from '../../apis/core/v1/types.ts';

/** RegistryCredential is a name and password for the registries and paths that `server` covers. */
export interface RegistryCredential {
  /** Host with port, and perhaps a path; `*` in the host matches one label. */
  readonly server: string;
  readonly username: string;
  readonly password: string;
}

interface AuthEntry {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function credentialOf(server: string, entry: AuthEntry): RegistryCredential | undefined {
  const decoded = entry.auth ? Buffer.from(entry.auth, 'base64').toString('utf8') : '';
  const colon = decoded.indexOf(':');
  const username = entry.username ?? (colon > 0 ? decoded.slice(0, colon) : undefined);
  const password = entry.password ?? (colon > 0 ? decoded.slice(colon + 1) : undefined);
  if (username === undefined || password === undefined) return undefined;
  const host = server.replace(/^https?:\/\//, '').replace(/\/(v[12]\/?)?$/, '');
  return { server: host === 'index.docker.io' ? 'docker.io' : host, username, password };
}

function authsOf(secret: Secret): unknown {
  const json = secret.data?.['.dockerconfigjson'];
  const config = secret.data?.['.dockercfg'];
  try {
    const text = Buffer.from(json ?? config ?? '', 'base64').toString('utf8');
    const parsed: unknown = JSON.parse(text);
    return json !== undefined && isRecord(parsed) ? parsed.auths : parsed;
  } catch {
    // A secret that is no JSON has no credentials: the pull says what is missing.
    return undefined;
  }
}

/** credentialsOf reads the credentials of pull secrets, of both forms. */
export function credentialsOf(secrets: readonly Secret[]): RegistryCredential[] {
  return secrets.flatMap((secret) => {
    const auths = authsOf(secret);
    if (!isRecord(auths)) return [];
    return Object.entries(auths).flatMap(([server, entry]) => {
      const credential = isRecord(entry) ? credentialOf(server, entry) : undefined;
      return credential === undefined ? [] : [credential];
    });
  });
}

function hostMatches(pattern: string, host: string): boolean {
  const wanted = pattern.split('.');
  const given = host.split('.');
  if (wanted.length !== given.length) return false;
  return wanted.every((part, index) => part === '*' || part === given[index]);
}

function covers(server: string, image: string): boolean {
  const [host = '', ...path] = server.split('/');
  const [imageHost = '', ...imagePath] = image.split('/');
  if (!hostMatches(host, imageHost)) return false;
  return path.every((part, index) => part === imagePath[index]);
}

/** matchingCredentials are those for an image (with its host), the most specific first. */
export function matchingCredentials(
  credentials: readonly RegistryCredential[],
  image: string,
): RegistryCredential[] {
  return credentials
    .filter(({ server }) => covers(server, image))
    .sort((a, b) => b.server.length - a.server.length);
}
