import { readFile } from 'node:fs/promises';
import { newExecCredentials } from './exec-credentials.ts';
import { type KubeCluster, type Kubeconfig, KubeconfigError, type KubeUser } from './kubeconfig.ts';
import type { HttpTransportOptions, Impersonation } from './transport-options.ts';

/** ConnectionOverrides are the command-line flags that go before the files. */
export interface ConnectionOverrides {
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
  readonly server?: string;
  readonly token?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly certificateAuthority?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly as?: string;
  readonly asGroups?: readonly string[];
  readonly asUid?: string;
}

/** Connection is a server, who to be there, and the namespace to work in. */
export interface Connection {
  readonly contextName: string;
  readonly clusterName: string;
  readonly userName: string;
  /** `default` where nothing names one. */
  readonly namespace: string;
  /** True when a flag or the context named the namespace. */
  readonly namespaceGiven: boolean;
  readonly transport: HttpTransportOptions;
}

const INCOMPLETE = `Missing or incomplete configuration info.  Please point to an existing, complete config file:

  1. Via the command-line flag --kubeconfig
  2. Via the KUBECONFIG environment variable
  3. In your home directory as ~/.kube/config

To view or setup config directly use the 'config' command.`;

/**
 * resolveConnection finds out where and as whom to connect. Reads the files that the configuration
 * names; throws KubeconfigError, in the words of kubectl and oc, when something does not exist.
 */
export async function resolveConnection(
  config: Kubeconfig,
  overrides: ConnectionOverrides = {},
): Promise<Connection> {
  const contextName = overrides.context ?? config.currentContext;
  const context = contextName === '' ? undefined : config.contexts.get(contextName);
  if (overrides.context && !context) {
    throw new KubeconfigError(`context "${overrides.context}" does not exist`);
  }
  const clusterName = overrides.cluster ?? context?.cluster ?? '';
  const userName = overrides.user ?? context?.user ?? '';
  const cluster = named(config.clusters, clusterName, 'cluster');
  const user = named(config.users, userName, 'auth info');
  const server = overrides.server ?? cluster.server;
  if (!server) throw new KubeconfigError(INCOMPLETE);
  const given = overrides.namespace ?? context?.namespace;
  return {
    contextName,
    clusterName,
    userName,
    namespace: given || 'default',
    namespaceGiven: Boolean(given),
    transport: {
      server,
      ...(await trust(cluster, overrides)),
      ...(await credentials(user, overrides)),
      ...impersonation(user, overrides),
    },
  };
}

function named<T>(
  map: ReadonlyMap<string, T>,
  name: string,
  what: string,
): T | Record<string, never> {
  if (name === '') return {};
  const found = map.get(name);
  if (!found) throw new KubeconfigError(`${what} "${name}" does not exist`);
  return found;
}

async function trust(
  cluster: KubeCluster,
  overrides: ConnectionOverrides,
): Promise<Partial<HttpTransportOptions>> {
  const insecure = overrides.insecureSkipTlsVerify ?? cluster['insecure-skip-tls-verify'] ?? false;
  const tlsServerName = cluster['tls-server-name'];
  const proxyUrl = cluster['proxy-url'];
  const caPem = overrides.certificateAuthority
    ? await readPem(overrides.certificateAuthority)
    : await pemOf(cluster['certificate-authority-data'], cluster['certificate-authority']);
  return {
    ...(insecure ? { insecureSkipTlsVerify: true } : caPem ? { caPem } : {}),
    ...(tlsServerName ? { tlsServerName } : {}),
    ...(proxyUrl ? { proxyUrl } : {}),
  };
}

async function credentials(
  user: KubeUser,
  overrides: ConnectionOverrides,
): Promise<Partial<HttpTransportOptions>> {
  if (overrides.token) return { token: overrides.token };
  const certPem = await pemOf(
    overrides.clientCertificate ? undefined : user['client-certificate-data'],
    overrides.clientCertificate ?? user['client-certificate'],
  );
  const keyPem = await pemOf(
    overrides.clientKey ? undefined : user['client-key-data'],
    overrides.clientKey ?? user['client-key'],
  );
  const { username, password = '' } = user;
  return {
    ...(certPem ? { certPem } : {}),
    ...(keyPem ? { keyPem } : {}),
    ...(username ? { basic: { username, password } } : {}),
    ...(await bearer(user)),
  };
}

/** bearer: a token file wins over a token (it is read anew, as it may be rotated), both over exec. */
async function bearer(user: KubeUser): Promise<Partial<HttpTransportOptions>> {
  const { tokenFile, token, exec } = user;
  if (tokenFile) return { token: async () => (await readPem(tokenFile)).trim() };
  if (token) return { token };
  if (!exec) return {};
  const source = newExecCredentials(exec);
  const { certPem, keyPem } = await source();
  return {
    token: async () => (await source()).token ?? '',
    ...(certPem ? { certPem } : {}),
    ...(keyPem ? { keyPem } : {}),
  };
}

function impersonation(
  user: KubeUser,
  overrides: ConnectionOverrides,
): { impersonate?: Impersonation } {
  const name = overrides.as ?? user.as;
  if (!name) return {};
  const groups = overrides.asGroups ?? user['as-groups'];
  const uid = overrides.asUid ?? user['as-uid'];
  const extra = user['as-user-extra'];
  return {
    impersonate: {
      user: name,
      ...(groups ? { groups } : {}),
      ...(uid ? { uid } : {}),
      ...(extra ? { extra } : {}),
    },
  };
}

async function pemOf(
  data: string | undefined,
  path: string | undefined,
): Promise<string | undefined> {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  return path ? readPem(path) : undefined;
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new KubeconfigError(`unable to read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
