import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransferOptions } from '../engine/engine.ts';
import type { EngineNames } from '../machinery/image-reference.ts';

/** RegistryAuth is what one registry is told. */
export type RegistryAuth = NonNullable<TransferOptions['auth']>;

/** RegistryAuths are credentials by the registry's host as the engine names it. */
export type RegistryAuths = ReadonlyMap<string, RegistryAuth>;

interface DockerEntry {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
}

function hostOf(server: string): string {
  const host = server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

function credentials(entry: DockerEntry): { username: string; password: string } {
  if (entry.username !== undefined && entry.password !== undefined) {
    return { username: entry.username, password: entry.password };
  }
  const text = Buffer.from(entry.auth ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  return { username: text.slice(0, Math.max(0, colon)), password: text.slice(colon + 1) };
}

/**
 * parseDockerConfig reads a `.dockercfg` or a `.dockerconfigjson`. The integrated registry's
 * credentials are also given under the name that the engine knows it by.
 */
function parseDockerConfig(text: string, names: EngineNames): RegistryAuths {
  const parsed = JSON.parse(text) as Record<string, DockerEntry> & {
    auths?: Record<string, DockerEntry>;
  };
  const entries = parsed.auths ?? parsed;
  const auths = new Map<string, RegistryAuth>();
  for (const [server, entry] of Object.entries(entries)) {
    const host = hostOf(server);
    const pair = credentials(entry);
    auths.set(host, { ...pair, serverAddress: server });
    if (host === names.internalRegistryHost) {
      auths.set(names.engineRegistryHost, { ...pair, serverAddress: names.engineRegistryHost });
    }
  }
  return auths;
}

/** readDockerConfig reads a mounted registry secret; a missing one has no credentials. */
export async function readDockerConfig(
  directory: string | undefined,
  names: EngineNames,
): Promise<RegistryAuths> {
  if (directory === undefined || directory === '') return new Map();
  for (const file of ['.dockerconfigjson', '.dockercfg', 'config.json']) {
    const text = await readFile(join(directory, file), 'utf8').catch(() => undefined);
    if (text !== undefined) return parseDockerConfig(text, names);
  }
  return new Map();
}

/** authFor answers the credentials for the registry of an engine's reference. */
export function authFor(auths: RegistryAuths, reference: string): RegistryAuth | undefined {
  const first = reference.split('/')[0] ?? '';
  const host = /[.:]/.test(first) || first === 'localhost' ? first : 'docker.io';
  return auths.get(host);
}
