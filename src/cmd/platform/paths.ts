import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

/** DEFAULT_DATA_DIRECTORY is where everything that outlives a restart is kept. */
export const DEFAULT_DATA_DIRECTORY = '/var/lib/sampan';

/** GATEWAY is the node's address on the pod network, where pods reach the platform's servers. */
export const GATEWAY = '10.128.0.1';

/** Paths are the places inside one data directory. */
export interface Paths {
  readonly data: string;
  readonly store: string;
  readonly pki: string;
  /** How secrets are encrypted in the store, with the installation's own keys. */
  readonly encryption: string;
  readonly registry: string;
  readonly pods: string;
  readonly router: string;
  readonly images: string;
  readonly logs: string;
  readonly serverLog: string;
  /** JSON of the running server: pid, ports, addresses. */
  readonly serverState: string;
  readonly kubeconfig: string;
  /** Repositories that `quickstart` serves. */
  readonly git: string;
}

/** pathsOf lays out a data directory. */
export function pathsOf(dataDirectory: string): Paths {
  const data = resolve(dataDirectory);
  return {
    data,
    store: join(data, 'store'),
    pki: join(data, 'pki'),
    encryption: join(data, 'pki', 'encryption.json'),
    registry: join(data, 'registry'),
    pods: join(data, 'pods'),
    router: join(data, 'router'),
    images: join(data, 'images'),
    logs: join(data, 'logs'),
    serverLog: join(data, 'logs', 'server.log'),
    serverState: join(data, 'server.json'),
    kubeconfig: join(data, 'admin.kubeconfig'),
    git: join(data, 'git'),
  };
}

/** instanceOf names an installation in container labels: the same for the same data directory. */
export function instanceOf(dataDirectory: string): string {
  return createHash('sha256').update(resolve(dataDirectory)).digest('hex').slice(0, 12);
}
