import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HttpTransportOptions } from './transport-options.ts';

/** SERVICE_ACCOUNT_DIRECTORY is where a pod finds its credentials. */
const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * inClusterConnection says how a program in a pod reaches the API: KUBERNETES_SERVICE_HOST and
 * _PORT, and the pod's service account, whose token is read anew because it is rotated.
 */
export async function inClusterConnection(
  env: Readonly<Record<string, string | undefined>>,
  directory = SERVICE_ACCOUNT_DIRECTORY,
): Promise<{ namespace: string; transport: HttpTransportOptions }> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) {
    throw new Error(
      'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    );
  }
  const read = async (name: string) => (await readFile(join(directory, name), 'utf8')).trim();
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    namespace: await read('namespace'),
    transport: {
      server: `https://${address}:${port}`,
      caPem: await read('ca.crt'),
      token: () => read('token'),
    },
  };
}
