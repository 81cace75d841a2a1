import type { KubeExec } from '../../client/exec-credentials.ts';

/** Named is an entry of a list of the kubeconfig. */
export type Named<Key extends string, T> = { name: string } & { [key in Key]?: T };

export interface ClusterEntry {
  server?: string;
  'certificate-authority'?: string;
  'certificate-authority-data'?: string;
  'insecure-skip-tls-verify'?: boolean;
  'tls-server-name'?: string;
}

export interface UserEntry {
  token?: string;
  tokenFile?: string;
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  'client-key'?: string;
  'client-key-data'?: string;
  username?: string;
  password?: string;
  exec?: KubeExec;
}

export interface ContextEntry {
  cluster?: string;
  user?: string;
  namespace?: string;
}

/** Kubeconfig is the content of a kubeconfig file (client-go `clientcmd/api/v1`). */
export interface Kubeconfig {
  apiVersion?: string;
  kind?: string;
  clusters?: Named<'cluster', ClusterEntry>[];
  contexts?: Named<'context', ContextEntry>[];
  users?: Named<'user', UserEntry>[];
  'current-context'?: string;
  preferences?: Record<string, unknown>;
}

/** entryNamed finds an entry of a list by its name. */
export function entryNamed<T extends { name: string }>(
  list: readonly T[] | undefined,
  name: string | undefined,
): T | undefined {
  return name === undefined ? undefined : list?.find((one) => one.name === name);
}

/** putEntry replaces the entry of that name in place, or appends it. */
export function putEntry<T extends { name: string }>(
  list: readonly T[] | undefined,
  entry: T,
): T[] {
  const old = list ?? [];
  const at = old.findIndex((one) => one.name === entry.name);
  return at < 0 ? [...old, entry] : old.with(at, entry);
}
