import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { HttpTransportOptions } from './transport-options.ts';

/** KubeconfigError: a kubeconfig does not say where a server is; the message names what is missing. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

interface Entry {
  readonly name?: string;
}

interface Cluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: string;
  readonly 'proxy-url'?: string;
}

interface User {
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
}

interface File {
  readonly clusters?: readonly (Entry & { readonly cluster?: Cluster })[];
  readonly users?: readonly (Entry & { readonly user?: User })[];
  readonly contexts?: readonly (Entry & {
    readonly context?: { readonly cluster?: string; readonly user?: string };
  })[];
  readonly 'current-context'?: string;
}

function named<T extends Entry>(list: readonly T[] | undefined, name: string | undefined) {
  return list?.find((one) => one.name === name);
}

/** Reads material that stands in the file itself or in another one beside it. */
class Material {
  readonly #directory: string;

  constructor(path: string) {
    this.#directory = dirname(path);
  }

  async pem(data: string | undefined, file: string | undefined): Promise<string | undefined> {
    if (data) return Buffer.from(data, 'base64').toString('utf8');
    return file ? readFile(resolve(this.#directory, file), 'utf8') : undefined;
  }

  /** Token files are read anew for each request: they are renewed. */
  token({ token, tokenFile }: User): HttpTransportOptions['token'] {
    if (!tokenFile) return token;
    const path = resolve(this.#directory, tokenFile);
    return async () => (await readFile(path, 'utf8')).trim();
  }
}

async function userOptions(user: User, material: Material): Promise<Partial<HttpTransportOptions>> {
  const { username, password = '' } = user;
  const [certPem, keyPem] = await Promise.all([
    material.pem(user['client-certificate-data'], user['client-certificate']),
    material.pem(user['client-key-data'], user['client-key']),
  ]);
  const token = material.token(user);
  return {
    ...(certPem && { certPem }),
    ...(keyPem && { keyPem }),
    ...(token && { token }),
    ...(username && { basic: { username, password } }),
  };
}

/**
 * readKubeconfigConnection answers how to reach the server of a kubeconfig's current context: for
 * the files by which kube-apiserver is told of webhooks. Throws a KubeconfigError, or the error of
 * a file that cannot be read.
 */
export async function readKubeconfigConnection(path: string): Promise<HttpTransportOptions> {
  const { parse } = await import('yaml');
  const file = (parse(await readFile(path, 'utf8')) ?? {}) as File;
  const context = named(file.contexts, file['current-context'])?.context;
  const cluster = named(file.clusters, context?.cluster)?.cluster;
  if (!cluster?.server) {
    throw new KubeconfigError(
      `invalid configuration: no server was found for the current context of ${path}`,
    );
  }
  const material = new Material(path);
  const caPem = await material.pem(
    cluster['certificate-authority-data'],
    cluster['certificate-authority'],
  );
  const user = named(file.users, context?.user)?.user ?? {};
  return {
    server: cluster.server,
    ...(caPem && { caPem }),
    ...(cluster['insecure-skip-tls-verify'] && { insecureSkipTlsVerify: true }),
    ...(cluster['tls-server-name'] && { tlsServerName: cluster['tls-server-name'] }),
    ...(cluster['proxy-url'] && { proxyUrl: cluster['proxy-url'] }),
    ...(await userOptions(user, material)),
  };
}
