import type { Secret } from '../../../../apis/core/v1/types.ts';
import { isDockerHub } from '../../../../machinery/image-reference.ts';
import { isJsonObject } from '../../../../machinery/json-value.ts';

/** Credentials of a registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Keyring answers the credentials for a repository, the most specific ones first. */
export interface Keyring {
  find(registry: string, repository: string): Credentials | undefined;
}

/** NO_CREDENTIALS is an empty keyring. */
export const NO_CREDENTIALS: Keyring = { find: () => undefined };

interface Entry {
  readonly prefix: string;
  readonly credentials: Credentials;
}

function decodeJson(base64: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64 ?? '', 'base64').toString('utf8'));
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

function authsOf(secret: Secret): Record<string, unknown> {
  const { data = {}, type } = secret;
  if (type === 'kubernetes.io/dockercfg') return decodeJson(data['.dockercfg']);
  const { auths } = decodeJson(data['.dockerconfigjson']);
  return isJsonObject(auths) ? auths : {};
}

function credentialsOf(value: unknown): Credentials | undefined {
  if (!isJsonObject(value)) return undefined;
  const { username, password, auth } = value;
  if (typeof username === 'string' && typeof password === 'string' && username !== '')
    return { username, password };
  if (typeof auth !== 'string') return undefined;
  const pair = Buffer.from(auth, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0
    ? undefined
    : { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

/** prefixOf is `host/path` of a key such as `https://index.docker.io/v1/`. */
function prefixOf(key: string): string {
  const bare = key
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
    .replace(/\/v[12]$/, '');
  const [host = '', ...path] = bare.split('/');
  return [isDockerHub(host) ? 'docker.io' : host, ...path].join('/');
}

/** keyringOf reads pull secrets; malformed ones are skipped, as the kubelet does. */
export function keyringOf(secrets: readonly Secret[]): Keyring {
  const entries: Entry[] = secrets.flatMap((secret) =>
    Object.entries(authsOf(secret)).flatMap(([key, value]) => {
      const credentials = credentialsOf(value);
      return credentials ? [{ prefix: prefixOf(key), credentials }] : [];
    }),
  );
  entries.sort((a, b) => b.prefix.length - a.prefix.length);
  return {
    find(registry, repository) {
      const full = `${isDockerHub(registry) ? 'docker.io' : registry}/${repository}`;
      return entries.find(({ prefix }) => full === prefix || full.startsWith(`${prefix}/`))
        ?.credentials;
    },
  };
}
