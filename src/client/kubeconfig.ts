import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'yaml';

/** KubeCluster is a `cluster` of a kubeconfig; fields are named as in the file. */
export interface KubeCluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: string;
  readonly 'proxy-url'?: string;
}

/** KubeUser is a `user` of a kubeconfig. */
export interface KubeUser {
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly as?: string;
  readonly 'as-uid'?: string;
  readonly 'as-groups'?: readonly string[];
  readonly 'as-user-extra'?: Readonly<Record<string, readonly string[]>>;
  readonly exec?: KubeExec;
}

/** KubeExec is a program that hands out credentials. */
export interface KubeExec {
  readonly apiVersion: string;
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly installHint?: string;
}

/** KubeContext joins a cluster, a user and a namespace. */
export interface KubeContext {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

/** Kubeconfig is what the files of KUBECONFIG say together; paths in it are absolute. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, KubeCluster>;
  readonly users: ReadonlyMap<string, KubeUser>;
  readonly contexts: ReadonlyMap<string, KubeContext>;
}

/** KubeconfigError is a mistake in, or a lack of, the user's configuration; its text is for the user. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

/** KubeconfigFile is one file as it stands on disk, unknown fields included. */
export interface KubeconfigFile {
  apiVersion?: string;
  kind?: string;
  'current-context'?: string;
  clusters?: { name: string; cluster?: KubeCluster | null }[] | null;
  users?: { name: string; user?: KubeUser | null }[] | null;
  contexts?: { name: string; context?: KubeContext | null }[] | null;
  [unknown: string]: unknown;
}

/**
 * kubeconfigPaths answers the files that count: the one named explicitly, else those of KUBECONFIG,
 * else `~/.kube/config`.
 */
export function kubeconfigPaths(
  env: Readonly<Record<string, string | undefined>>,
  explicit?: string,
): string[] {
  if (explicit) return [explicit];
  const listed = (env.KUBECONFIG ?? '').split(':').filter((path) => path !== '');
  if (listed.length > 0) return [...new Set(listed)];
  return [join(env.HOME ?? '/root', '.kube', 'config')];
}

/**
 * loadKubeconfig reads and merges files as client-go does: the first file that names a thing wins;
 * files that do not exist are passed over.
 */
export async function loadKubeconfig(paths: readonly string[]): Promise<Kubeconfig> {
  const clusters = new Map<string, KubeCluster>();
  const users = new Map<string, KubeUser>();
  const contexts = new Map<string, KubeContext>();
  let currentContext = '';
  for (const path of paths) {
    const file = await readKubeconfigFile(path);
    if (!file) continue;
    currentContext ||= file['current-context'] ?? '';
    const directory = dirname(resolve(path));
    for (const { name, cluster } of file.clusters ?? []) {
      addFirst(clusters, name, absolute(cluster ?? {}, ['certificate-authority'], directory));
    }
    for (const { name, user } of file.users ?? []) {
      const keys = ['client-certificate', 'client-key', 'tokenFile'] as const;
      addFirst(users, name, absolute(user ?? {}, keys, directory));
    }
    for (const { name, context } of file.contexts ?? []) addFirst(contexts, name, context ?? {});
  }
  return { currentContext, clusters, users, contexts };
}

/** readKubeconfigFile reads one file; undefined when it does not exist or is empty. */
export async function readKubeconfigFile(path: string): Promise<KubeconfigFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new KubeconfigError(`error loading config file "${path}": ${messageOf(error)}`, {
      cause: error,
    });
  }
  return parseFile(path, text);
}

function parseFile(path: string, text: string): KubeconfigFile | undefined {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new KubeconfigError(`error loading config file "${path}": ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new KubeconfigError(`error loading config file "${path}": it is not a kubeconfig`);
  }
  return value as KubeconfigFile;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function addFirst<V>(map: Map<string, V>, name: string, value: V): void {
  if (!map.has(name)) map.set(name, value);
}

/** absolute resolves paths against the directory of the file that names them. */
function absolute<T extends object>(value: T, keys: readonly (keyof T)[], directory: string): T {
  const copy = { ...value };
  for (const key of keys) {
    const path = copy[key];
    if (typeof path === 'string' && path !== '' && !isAbsolute(path)) {
      copy[key] = join(directory, path) as T[keyof T];
    }
  }
  return copy;
}
